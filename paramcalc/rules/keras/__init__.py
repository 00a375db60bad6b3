"""The rules for Keras 3, in Keras's own words; every :class:`Rule` in a module of this folder is one."""
