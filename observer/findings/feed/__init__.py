"""The feed: the tables of exports, read by programs a page at a time (OData 4.0)."""
