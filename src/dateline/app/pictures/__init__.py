"""Pictures of the case for the screens: what they are, and tiles cut from them in their own pixel space.

Stills are decoded once, whole and as stored. GeoTIFF, COG and JPEG 2000 are read by windows, however large they are.
Values that are no bytes are stretched between two values that are said with the picture.
"""

from dateline.app.pictures.picture import TILE
from dateline.app.pictures.shown import Shown, item_of, shown, shown_of
from dateline.app.pictures.tiles import ROUTES, read_shown, read_thumbnail, read_tile

__all__ = ["ROUTES", "TILE", "Shown", "item_of", "read_shown", "read_thumbnail", "read_tile", "shown", "shown_of"]
