"""One tick for one contact: the pure step, its bench, and its parts in the order in which `step` calls them."""
