"""curves.py <out.png> name=file.csv:column ... : loss curves over minutes of training."""
import csv
import sys

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

parts = [a.split("=") for a in sys.argv[2:]]
figure, axes = plt.subplots(1, len(parts), figsize=(4 * len(parts), 3))
for axis, (name, source) in zip(axes if len(parts) > 1 else [axes], parts):
    path, column = source.split(":")
    rows = [r for r in csv.DictReader(open(path)) if r[column]]                       # 25 steps of another kind leave it empty
    axis.plot([float(r["seconds"]) / 60 for r in rows], [float(r[column]) for r in rows], linewidth=1)
    axis.set_title(name, fontsize=9), axis.set_xlabel("minutes", fontsize=8), axis.set_yscale("log"), axis.grid(alpha=.3, which="both"), axis.tick_params(labelsize=7)
figure.tight_layout()
figure.savefig(sys.argv[1], dpi=90)
