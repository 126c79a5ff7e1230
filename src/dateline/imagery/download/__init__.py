"""Getting images: logins, downloads that survive interruptions, windows of big images, and a first look."""
