"""The whole product with no token: a pretend Bot API and a page with phones."""
