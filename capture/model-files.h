/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* From what a user calls a model to the files it consists of. */
#include <gio/gio.h>

#include "kernels/error.h"

typedef struct {
    char *name;    /* for people */
    char *folder;  /* where tokenizer.json would be */
    char *config;  /* config.json, or NULL for a file that says all */
    char *weights; /* .safetensors, .safetensors.index.json, .gguf or llama2.c .bin */
} FoveaModelFiles;

/**
 * fovea_model_files_find:
 * @name: as fovea_model_open() takes it
 *
 * Errors: FOVEA_ERROR_NOT_FOUND; FOVEA_ERROR_UNSUPPORTED for formats that are not read, pickles
 * (which would have to be executed) before all.
 * Thread: any.   Owner: caller frees with fovea_model_files_free(); autoptr.
 */
FoveaModelFiles *fovea_model_files_find (const char *name, GError **error);

/**
 * fovea_model_files_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @files.
 */
void fovea_model_files_free (FoveaModelFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaModelFiles, fovea_model_files_free)

/**
 * fovea_model_files_is_gguf:
 *
 * Whether @path is called as GGUF files are.
 *
 * Thread: any.
 */
gboolean fovea_model_files_is_gguf (const char *path);
