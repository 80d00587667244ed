/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Folders of models/sae in the reference collection, each written by SAELens with inputs, codes and
 * outputs of its own. */
static const char *const sae_folders[] = {
    "abstopk",
    "gated",
    "jumprelu",
    "jumprelu_skip_transcoder",
    "jumprelu_transcoder",
    "matching_pursuit",
    "skip_transcoder",
    "standard",
    "standard_constant_norm",
    "standard_layer_norm",
    "topk",
    "topk_hook_z",
    "topk_rescaled",
    "transcoder",
};
