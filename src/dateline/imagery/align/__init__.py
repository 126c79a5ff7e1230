"""Where the ground of one image lies in another, to a fraction of a pixel, with a certificate of how well."""
