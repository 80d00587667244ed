/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The parts of an opened GGUF that its reader (gguf.c) fills and its answers (gguf-values.c) come
 * from. Whatever stands here was checked: every offset and length lies within the file. */
#include "capture/gguf.h"

typedef struct {
    FoveaGgufType type;
    FoveaGgufType element; /* of an array */
    guint64 n;             /* elements of an array, bytes of a text */
    gsize at;              /* byte of the value's, text's or first element's start */
    const char *text;      /* UTF-8, or NULL */
} FoveaGgufEntry;

struct _FoveaGguf {
    GBytes *map;
    char *name;
    const guint8 *data;
    gsize length;
    GHashTable *entries; /* key -> FoveaGgufEntry */
    GPtrArray *keys;
    GArray *tensors; /* of FoveaTensor */
    GStringChunk *texts;
};

/* Bytes of a value; 0 for texts and arrays. */
extern const gsize fovea_gguf_widths[FOVEA_GGUF_N_TYPES];
