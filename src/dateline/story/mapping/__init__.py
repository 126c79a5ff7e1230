"""Maps without a server: a projection around the window, Natural Earth clipped to it, labels that do not collide."""
