"""What every answer carries: bundles of styles and scripts, headers, compression.

Begin with ``assets.BUNDLES`` and ``headers``.
"""
