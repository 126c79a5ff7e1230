// One tab at a time works on a sitting: two would not know of each other's marks.

export function alone(name, lost) {
  // lost(words, take): told when another tab has it; take() takes it over by a fresh start of this page.
  if (!navigator.locks) return;
  const keep = () => new Promise(() => {});
  const steal = sessionStorage.getItem(name) === "take";
  sessionStorage.removeItem(name);
  const take = () => {
    sessionStorage.setItem(name, "take");
    location.reload();
  };
  const gone = () => lost("This count goes on in another tab of this browser.", take);
  navigator.locks
    .request(name, steal ? { steal: true } : { ifAvailable: true }, (lock) => (lock ? keep() : gone()))
    .catch(gone);
}
