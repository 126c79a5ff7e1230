// What the screens use of OpenLayers (BSD-2-Clause), under one name each.
export { default as Collection } from "ol/Collection.js";
export { default as Feature } from "ol/Feature.js";
export { default as Map } from "ol/Map.js";
export { default as View } from "ol/View.js";
export { defaults as defaultControls, ScaleLine } from "ol/control.js";
export { always, altKeyOnly, noModifierKeys, primaryAction } from "ol/events/condition.js";
export { getCenter } from "ol/extent.js";
export { Circle, LineString, MultiPoint, Point, Polygon } from "ol/geom.js";
export { DragBox, Draw, Modify, Select, Snap, Translate, defaults as defaultInteractions } from "ol/interaction.js";
export { Image as ImageLayer, Tile as TileLayer, Vector as VectorLayer, VectorImage as VectorImageLayer } from "ol/layer.js";
export { Projection } from "ol/proj.js";
export { getRenderPixel } from "ol/render.js";
export { ImageStatic, TileImage, Vector as VectorSource } from "ol/source.js";
export { Circle as CircleStyle, Fill, Icon, RegularShape, Stroke, Style, Text } from "ol/style.js";
export { default as TileGrid } from "ol/tilegrid/TileGrid.js";
export { unByKey } from "ol/Observable.js";
