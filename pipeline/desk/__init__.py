"""The analyst's desk: what is done with a finished run, without the dumps it was made from.

- `reading`: a run's folder back into tables
- `keys`: which keys of the configuration deciding can change, and which differ between two runs
- `redeciding`: decide anew
- `explaining`: why an encounter is what it is
- `labels`, `sweeps`, `suggesting`, `tuning`, `tune_chart`: what a threshold gains and loses
- `comparing`, `causes`, `compare_files`: how two runs differ, and why
- `quotas`: a run, or a list of deliveries, against a cap
- `frames`: a run for notebooks
"""
