"""The spec file: a model as plain data, in a framework's own words."""
