"""The process's own small web server: is it alive, is it ready."""
