"""What others hand in: exports of other archivers, folders and zips of files. One module a kind of export."""
