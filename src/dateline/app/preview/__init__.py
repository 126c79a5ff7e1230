"""`build --watch`: the page as it is being written, built again at each save, on loopback behind the app's gate."""
