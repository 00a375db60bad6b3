"""What a run leaves: models, each layer with its line.

``rows`` has the rows of which ``keras`` and ``torch`` make models, ``found`` lists those of a run.
"""
