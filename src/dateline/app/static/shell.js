// What every screen shares, under one address. Each page loads it: covers, keys and waiting marks work everywhere.

export { Trouble, get, page, post } from "/static/asking.js";
export { covered, veil } from "/static/cover.js";
export { key } from "/static/keys.js";
export { Outbox } from "/static/outbox.js";
export { announce, connection, element } from "/static/words.js";
