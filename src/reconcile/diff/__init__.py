"""Two states → changes. Pure; knows no kind and no dialect."""
