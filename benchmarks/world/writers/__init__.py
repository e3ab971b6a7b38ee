"""The same world in the layouts of real feeds. The suffix `.gz` compresses, with no time inside."""
