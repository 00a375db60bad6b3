"""The recurrent cells of the literature, families as files: what the papers' equations count, whoever builds them."""
