#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Fovea authors
# SPDX-License-Identifier: MIT
"""SAELens on the sizes of bench-sae, its rounds interleaved with those of that program.

Usage: peer-sae.py BENCH-SAE [ROUNDS]. Needs torch and sae-lens. Each round runs the program once and the
peer once; what is printed is the median over rounds of both and of their ratio, by wall clock and by
processor time. Packages that SAELens imports and a bench never calls may be missing: hooks are then
empty, which only helps the peer.
"""
import importlib.abc
import importlib.machinery
import statistics
import subprocess
import sys
import time
from unittest.mock import MagicMock

import torch


class HookPoint(torch.nn.Identity):
    """A hook that nobody uses."""


class HookedRootModule(torch.nn.Module):
    def setup(self):
        pass


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for packages that are not there."""

    names = ("wandb", "datasets", "opentelemetry", "nltk", "plotly", "plotly_express", "simple_parsing",
             "transformer_lens", "docstring_parser", "git")

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        module = MagicMock(name=spec.name)
        module.__path__, module.__spec__ = [], spec
        module.HookPoint, module.HookedRootModule = HookPoint, HookedRootModule
        return module

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Missing())
from sae_lens.saes.sae import TrainStepInput  # noqa: E402
from sae_lens.saes.topk_sae import (TopKSAE, TopKSAEConfig, TopKTrainingSAE,  # noqa: E402
                                    TopKTrainingSAEConfig)

D, F, K, ENCODE, TRAIN = 384, 8192, 32, 4096, 2048


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


class Trainer:
    """The step of SAELens's own trainer without its logging."""

    def __init__(self):
        self.sae = TopKTrainingSAE(TopKTrainingSAEConfig(d_in=D, d_sae=F, k=K, dtype="float32"))
        self.adam = torch.optim.Adam(self.sae.parameters(), lr=3e-4)
        self.since = torch.zeros(F)
        self.x = torch.randn(TRAIN, D)

    def step(self, dead):
        out = self.sae.training_forward_pass(TrainStepInput(
            sae_in=self.x, dead_neuron_mask=dead, coefficients={}, n_training_steps=0, is_logging_step=False))
        with torch.no_grad():
            fired = out.feature_acts.bool().float()
            self.since += 1
            self.since[fired.sum(-2).bool()] = 0
        out.loss.backward()
        torch.nn.utils.clip_grad_norm_(self.sae.parameters(), 1.0)
        self.adam.step()
        self.adam.zero_grad()


def run_ours(program):
    """name -> (seconds of a unit of work by wall clock, None)"""
    text = subprocess.run([program, "1", "2"], capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {cells[0]: float(cells[1]) / 1e3 for cells in lines}


def main():
    torch.set_num_threads(2)
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    sae = TopKSAE(TopKSAEConfig(d_in=D, d_sae=F, k=K, dtype="float32"))
    trainer, x = Trainer(), torch.randn(ENCODE, D)
    none, half = torch.zeros(F, dtype=torch.bool), torch.arange(F) % 8 < 4
    works = {"encode": lambda: sae.encode(x), "train": lambda: trainer.step(none),
             "train, half dead": lambda: trainer.step(half)}
    seen = {name: [] for name in works}
    for r in range(rounds + 1):
        ours = run_ours(program)
        for name, work in works.items():
            with torch.set_grad_enabled(name != "encode"):
                theirs = timed(work)[0]
            if r > 0:  # the first round warms up
                seen[name].append((ours[name], theirs))
    print("what\tours ms\tSAELens ms\tratio (median of rounds)")
    for name, pairs in seen.items():
        print(f"{name}\t{1e3 * statistics.median(a for a, _ in pairs):.1f}"
              f"\t{1e3 * statistics.median(b for _, b in pairs):.1f}"
              f"\t{statistics.median(b / a for a, b in pairs):.2f}")


main()
