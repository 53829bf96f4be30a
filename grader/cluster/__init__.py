"""Grading a batch on the workers of a dask cluster: the other executor beside the local pool.

On the command's side: `connection` opens the cluster, `watch` sets up its workers, `chunks` sizes
what is sent to them, `executor` keeps them at work. On a worker's side: `remote` is what dask
calls there, `proof` and `versions` say whether the worker may grade, `parcel` holds the course,
`slots` the grading processes.

Everything but dask's own calls crosses as plain values: a submission is bytes, a result is msgpack
around a JSON document. Nothing of a submission is ever pickled.
"""
