/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Carries progress from a worker thread to the main loop: many posts, some twelve callbacks a second. */
#include <glib.h>

typedef struct _FoveaRelay FoveaRelay;

/* On the main thread. @fraction 0 .. 1; @text is borrowed. */
typedef void (*FoveaRelayFunc) (gpointer data, double fraction, const char *text);

/**
 * fovea_relay_new:
 *
 * Thread: main.   Owner: caller, fovea_relay_unref().
 */
FoveaRelay *fovea_relay_new (FoveaRelayFunc func, gpointer data);

/**
 * fovea_relay_ref:
 *
 * Thread: any.
 */
FoveaRelay *fovea_relay_ref (FoveaRelay *relay);

/**
 * fovea_relay_unref:
 *
 * Thread: any.
 */
void fovea_relay_unref (FoveaRelay *relay);

/**
 * fovea_relay_stop:
 *
 * No callback after this.   Thread: main.
 */
void fovea_relay_stop (FoveaRelay *relay);

/**
 * fovea_relay_post:
 * @text: (transfer full) (nullable):
 *
 * The first is told at once, the last always.   Thread: any.
 */
void fovea_relay_post (FoveaRelay *relay, double fraction, char *text);

/**
 * fovea_relay_post_tokens:
 * @started: when it began, us of the monotonic clock
 * @said: s that it was said to take; 0 = nothing was
 *
 * The share that is done, with the words "12,288 of 32,768 tokens · about 20 s left".
 *
 * Thread: any.
 */
void
fovea_relay_post_tokens (FoveaRelay *relay, gint64 done, gint64 total, gint64 started, double said);

/**
 * fovea_relay_post_heads:
 *
 * As fovea_relay_post_tokens(), of heads.   Thread: any.
 */
void
fovea_relay_post_heads (FoveaRelay *relay, gint64 done, gint64 total, gint64 started, double said);

/**
 * fovea_relay_post_sequences:
 *
 * As fovea_relay_post_tokens(), of sequences.   Thread: any.
 */
void fovea_relay_post_sequences (
    FoveaRelay *relay, gint64 done, gint64 total, gint64 started, double said);
