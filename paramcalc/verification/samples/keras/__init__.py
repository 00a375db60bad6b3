"""Tables of what the audit tries, a module for the families that belong together.

``SETTINGS`` are values of options that are neither switches nor sizes with a symbol, by option or by
``Layer.option``; ``INPUTS`` the shapes a layer is put on, where its pattern does not say enough; ``CASES`` a
function that lists all cases of a layer.
"""
