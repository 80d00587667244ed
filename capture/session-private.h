/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: what a session owns, for forward.c. */
#include "capture/point-table.h"
#include "capture/session.h"
#include "capture/staging.h"

typedef struct _FoveaRecorder FoveaRecorder; /* recorder.h */

/* Weights as the device reads them: in place on the CPU, uploaded once elsewhere. */
typedef struct _FoveaSessionWeights {
    FoveaWeight matrix[FOVEA_N_WEIGHT_ROLES]; /* data NULL = none */
    FoveaWeight *experts;                     /* (3, E): gates, ins, outs; NULL = no experts */
    const void *const *expert_data; /* (3, E) on the device: addresses of their elements */
    const float *vector[FOVEA_N_WEIGHT_ROLES];
} FoveaSessionWeights;

/* Rows of a session's chunks from which on turned keys are made anew instead of kept (forward.c). */
enum {
    FOVEA_TURN_AGAIN_ROWS = 64
};

/* One buffer of scratch for everything between two layers; R = chunk rows. Queries and z lie where
 * the MLP works: no value of one branch lives while the other runs. What a capture of everything
 * leaves untouched stands last, so that it costs no huge page. */
typedef struct {
    float *resid;    /* (R,C): the stream; branches are added in place */
    float *normed;   /* (R,C) */
    float *q;        /* (R,H,D): at pre */
    float *z;        /* (R,H,D): behind q */
    float *pre;      /* (R,M); afterwards the activations */
    float *up;       /* (R,M) */
    float *branch;   /* (R,C): what a branch adds */
    float *extra;    /* (R,C): of families whose norms stand elsewhere than before each branch */
    float *router;   /* (R,E) of families with experts, as is: */
    float *gathered; /* (R,C): rows of one expert, or what the shared one gives */
    gint32 *chosen;  /* (R,K) */
    float *shares;   /* (R,K): weights of the chosen */
    float *patches;  /* (R, patch width) of image models */
    float *latent;   /* (R, wider of q_latent and kv_latent) of latent attention */
    float *shared;   /* (R, rotary width), as is */
    float *logits;   /* (logit rows, V) */
    float *losses;   /* (logit rows) */
    gsize bytes;
} FoveaScratch;

struct _FoveaSession {
    FoveaModel *model;
    const FoveaArchitecture *architecture; /* the model's */
    FoveaDevice *device;
    const FoveaOps *ops;
    gboolean host; /* device memory is host memory */
    FoveaPrecision precision;
    gint64 max_tokens, chunk, logit_rows;

    FoveaSessionWeights *layers; /* (L) */
    FoveaSessionWeights global;
    GPtrArray *buffers;                               /* device buffers to free */
    float *cos[FOVEA_N_ANGLES], *sin[FOVEA_N_ANGLES]; /* (max_tokens, R/2); NULL = no layer's */
    gint64 rotary_length;                             /* tokens that dynamic scaling was made for */
    float *k, *v;                                     /* (L, max_tokens, G, D) */
    FoveaScratch scratch;
    gint32 *positions;  /* (chunk), rows of a table that is added to the embedding */
    gint32 *nan_rows;   /* device (L+1): first row with a NaN at the entry and behind each layer */
    gint32 *nan_found;  /* (L+1) on the host */
    FoveaStaging *ring; /* of captures, NULL before the first and where nothing has to leave */
    guint64 most_ring;  /* bytes it may have */
    gint64 n_cached;
    gint64 n_source;      /* tokens of the source of the run under way; 0 = there is one text */
    const float *patches; /* host (T, patch width): of the picture under way, else NULL; borrowed */
    float *rows;          /* device, session-rows.c's */
    gint64 row_room;      /* rows of a layer in it */
    gint64 watched_rows;  /* of the longest run that is watched; 0 = none is */
    gint64 row_count;     /* of the run at hand or the last, 0 if it is not watched */
    FoveaAttendHook hook; /* NULL = none */
    gpointer hook_data;
    FoveaEditHook edit; /* NULL = none */
    gpointer edit_data;
    FoveaPoint edit_point;
};

/* What is wanted of the logits of a chunk; all NULL = nothing. */
typedef struct {
    float *last;           /* (V): of the last row */
    float *all;            /* (rows, V) */
    const gint32 *targets; /* with losses: the tokens that follow */
    float *losses;         /* (n_targets) */
    gint64 n_targets;      /* rows that have a next token */
} FoveaLogits;

/* Between layers: cancel and progress. */
typedef struct {
    GCancellable *cancellable;
    FoveaProgress progress;
    gpointer data;
    gint64 total; /* rows x layers of the whole run */
} FoveaWatch;

/**
 * fovea_scratch_layout:
 * @base: NULL to measure
 *
 * Cuts one buffer into scratch.
 *
 * Units: bytes.   Thread: any.
 */
void fovea_scratch_layout (FoveaScratch *scratch,
                           const FoveaArchitecture *architecture,
                           gint64 chunk,
                           gint64 logit_rows,
                           char *base);

/**
 * fovea_session_forward:
 * @ids: (array length=rows): checked
 * @rows: at most the session's chunk
 *
 * One chunk through all layers, appended to the cache.
 *
 * Errors: those of fovea_session_run() and of the recorder.
 * Thread: the one that uses the device.
 */
gboolean fovea_session_forward (FoveaSession *session,
                                const gint32 *ids,
                                gint64 rows,
                                FoveaRecorder *recorder,
                                const FoveaLogits *logits,
                                const FoveaWatch *watch,
                                GError **error);

/**
 * fovea_session_begin_rows:
 * @n: tokens of the run that begins; 0 for one that is not watched
 *
 * Thread: the one that uses the device.
 */
void fovea_session_begin_rows (FoveaSession *session, gint64 n);

/**
 * fovea_session_watch_attend:
 *
 * Adds the statistics of rows to what attention is asked for, if the run is watched.
 *
 * Thread: the one that uses the device.
 */
void fovea_session_watch_attend (const FoveaSession *session, guint layer, FoveaAttendArgs *args);

/**
 * fovea_session_call_hook:
 * @args: of the attention that was just run, on the device
 *
 * Shows it to the hook, if there is one, in host memory.
 *
 * Errors: the hook's; FOVEA_ERROR_DEVICE.
 * Thread: the one that uses the device.
 */
gboolean fovea_session_call_hook (FoveaSession *session,
                                  guint layer,
                                  const FoveaAttendArgs *args,
                                  GError **error);
