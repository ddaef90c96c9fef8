"""Where sheets live: a Protocol and one adapter per kind of sheet."""
