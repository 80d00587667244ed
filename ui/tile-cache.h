/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Tiles as textures, made on worker threads. A view asks for what it shows and gets what is there;
 * the rest arrives later with "ready". What is no longer wanted when its turn comes is dropped. */
#include <gtk/gtk.h>

#include "ui/tile.h"

typedef struct _FoveaMaskOverlay FoveaMaskOverlay; /* ui/mask-overlay.h */

#define FOVEA_TYPE_TILE_CACHE (fovea_tile_cache_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileCache, fovea_tile_cache, FOVEA, TILE_CACHE, GObject)

/**
 * fovea_tile_cache_new:
 * @max_tiles: kept at most; the oldest go first
 *
 * Properties: pending (uint). Signals: "ready" (a tile arrived), "failed" (message).
 *
 * Thread: main.   Owner: caller.
 */
FoveaTileCache *fovea_tile_cache_new (guint max_tiles);

/**
 * fovea_tile_cache_set_source:
 * @source: (nullable):
 *
 * Forgets all tiles and requests.   Thread: main.
 */
void fovea_tile_cache_set_source (FoveaTileCache *self, FoveaTraceSource *source);

/**
 * fovea_tile_cache_set_other:
 * @other: (nullable): what tiles of a difference are less than
 *
 * Forgets all tiles and requests.   Thread: main.
 */
void fovea_tile_cache_set_other (FoveaTileCache *self, FoveaTraceSource *other);

/**
 * fovea_tile_cache_set_overlay:
 * @overlay: (nullable): what tiles of an overlay show
 *
 * Forgets the tiles of the overlay before, keeps all others.   Thread: main.
 */
void fovea_tile_cache_set_overlay (FoveaTileCache *self, FoveaMaskOverlay *overlay);

/**
 * fovea_tile_cache_begin:
 *
 * Starts a round of requests: what is still waiting and is not asked for again in this round is
 * dropped at fovea_tile_cache_end().   Thread: main.
 */
void fovea_tile_cache_begin (FoveaTileCache *self);

/**
 * fovea_tile_cache_end:
 *
 * Thread: main.
 */
void fovea_tile_cache_end (FoveaTileCache *self);

/**
 * fovea_tile_cache_get:
 * @urgency: lower comes first, say the distance from the pointer
 *
 * The texture, or NULL after queueing it.
 *
 * Owner: the cache.   Thread: main.
 */
GdkTexture *fovea_tile_cache_get (FoveaTileCache *self, const FoveaTileSpec *spec, int urgency);

/**
 * fovea_tile_cache_peek:
 *
 * The texture if it is there; asks for nothing.   Owner: the cache.   Thread: main.
 */
GdkTexture *fovea_tile_cache_peek (FoveaTileCache *self, const FoveaTileSpec *spec);

/**
 * fovea_tile_cache_has_like:
 * @spec: its place and scale do not count
 *
 * Whether there is any piece of that picture of the head.   Thread: main.
 */
gboolean fovea_tile_cache_has_like (FoveaTileCache *self, const FoveaTileSpec *spec);

/**
 * fovea_tile_cache_get_pending:
 *
 * Tiles asked for and not yet there.   Thread: main.
 */
guint fovea_tile_cache_get_pending (FoveaTileCache *self);

/**
 * fovea_tile_cache_get_ms:
 *
 * From the first request of those that came last to the last of them; known when "pending" falls to
 * 0.   Thread: main.
 */
double fovea_tile_cache_get_ms (FoveaTileCache *self);
