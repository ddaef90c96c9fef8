"""A page over the journal: what a run is doing, for whoever looks on."""
