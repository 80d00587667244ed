/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A checkpoint as one object. Opening maps files and reads headers, so it takes milliseconds
 * whatever the size; the tokenizer is made and the hash begun when first asked for, under the one
 * lock. All else
 * is immutable. */
#include "capture/model.h"

#include <sys/mman.h>

#include "capture/chat-template.h"
#include "capture/content-hash.h"
#include "capture/families.h"
#include "capture/gguf-model.h"
#include "capture/llama2c.h"
#include "capture/model-files.h"
#include "capture/safetensors.h"
#include "capture/tokenizer-gguf.h"
#include "capture/weights.h"

struct _FoveaModel {
    gatomicrefcount references;
    FoveaModelFiles *files;
    FoveaArchitecture *architecture;
    FoveaWeights *weights;
    FoveaSafetensors *safetensors; /* one of these three */
    FoveaGguf *gguf;
    GBytes *llama2c;
    GStringChunk *names; /* of the other two's tensors */
    guint64 weight_bytes;

    GMutex lock;            /* of what follows */
    FoveaContentHash *hash; /* once it has been begun */
    FoveaTokenizer *tokenizer;
};

FoveaModel *
fovea_model_ref (FoveaModel *model)
{
    g_atomic_ref_count_inc (&model->references);
    return model;
}

void
fovea_model_unref (FoveaModel *model)
{
    if (!g_atomic_ref_count_dec (&model->references))
        return;
    fovea_content_hash_free (model->hash);
    fovea_weights_free (model->weights);
    fovea_safetensors_free (model->safetensors);
    fovea_gguf_free (model->gguf);
    g_clear_pointer (&model->llama2c, g_bytes_unref);
    g_clear_pointer (&model->names, g_string_chunk_free);
    fovea_architecture_free (model->architecture);
    fovea_model_files_free (model->files);
    fovea_tokenizer_free (model->tokenizer);
    g_mutex_clear (&model->lock);
    g_free (model);
}

static GBytes *
map_file (const char *path, GError **error)
{
    g_autoptr (GMappedFile) map = g_mapped_file_new (path, FALSE, error);
    return map != NULL ? g_mapped_file_get_bytes (map) : NULL;
}

static gboolean
describe (FoveaModel *model, GError **error)
{
    g_autofree char *beside =
        g_build_filename (model->files->folder, "generation_config.json", NULL);
    g_autoptr (GBytes) text = map_file (model->files->config, error);
    if (text == NULL)
        return FALSE;
    g_autoptr (GBytes) generation = NULL;
    if (g_file_test (beside, G_FILE_TEST_EXISTS)) {
        generation = map_file (beside, error);
        if (generation == NULL)
            return FALSE;
    }
    model->architecture = fovea_family_describe (text, generation, model->files->config, error);
    return model->architecture != NULL;
}

static gboolean
bind (FoveaModel *model, const FoveaTensor *tensors, guint n, GError **error)
{
    const FoveaFamily *family = fovea_family_find (model->architecture->family);
    for (guint i = 0; i < n; i++)
        model->weight_bytes += tensors[i].n_bytes;
    model->weights =
        fovea_weights_bind (family, model->architecture, tensors, n, model->files->weights, error);
    return model->weights != NULL;
}

static gboolean
open_safetensors (FoveaModel *model, GError **error)
{
    if (!describe (model, error))
        return FALSE;
    model->safetensors = fovea_safetensors_open (model->files->weights, error);
    if (model->safetensors == NULL)
        return FALSE;
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (model->safetensors, &n);
    return bind (model, tensors, n, error);
}

static gboolean
open_llama2c (FoveaModel *model, GError **error)
{
    model->llama2c = map_file (model->files->weights, error);
    if (model->llama2c == NULL)
        return FALSE;
    model->names = g_string_chunk_new (4096);
    g_autoptr (GArray) tensors = fovea_llama2c_read (model->llama2c, model->files->weights,
                                                     model->names, &model->architecture, error);
    return tensors != NULL &&
           bind (model, (FoveaTensor *) (void *) tensors->data, tensors->len, error);
}

static gboolean
open_gguf (FoveaModel *model, GError **error)
{
    const char *path = model->files->weights;
    model->gguf = fovea_gguf_open (path, error);
    if (model->gguf == NULL)
        return FALSE;
    model->architecture = fovea_gguf_describe (model->gguf, path, error);
    if (model->architecture == NULL)
        return FALSE;
    model->names = g_string_chunk_new (4096);
    g_autoptr (GArray) tensors = fovea_gguf_rename (model->gguf, model->architecture, model->names);
    return bind (model, (FoveaTensor *) (void *) tensors->data, tensors->len, error);
}

FoveaModel *
fovea_model_open (const char *name, GError **error)
{
    g_autoptr (FoveaModel) model = g_new0 (FoveaModel, 1);
    g_atomic_ref_count_init (&model->references);
    g_mutex_init (&model->lock);
    model->files = fovea_model_files_find (name, error);
    if (model->files == NULL)
        return NULL;
    gboolean opened = model->files->config != NULL ? open_safetensors (model, error)
                      : fovea_model_files_is_gguf (model->files->weights)
                          ? open_gguf (model, error)
                          : open_llama2c (model, error);
    return opened ? g_steal_pointer (&model) : NULL;
}

const FoveaArchitecture *
fovea_model_get_architecture (FoveaModel *model)
{
    return model->architecture;
}

const char *
fovea_model_get_name (FoveaModel *model)
{
    return model->files->name;
}

const char *
fovea_model_get_path (FoveaModel *model)
{
    return model->files->config != NULL ? model->files->folder : model->files->weights;
}

guint64
fovea_model_get_weight_bytes (FoveaModel *model)
{
    return model->weight_bytes;
}

/* The files as they are mapped. */
static GBytes *const *
get_maps (FoveaModel *model, guint *n)
{
    *n = 1;
    if (model->gguf != NULL)
        return fovea_gguf_get_map (model->gguf);
    return model->safetensors != NULL ? fovea_safetensors_get_maps (model->safetensors, n)
                                      : &model->llama2c;
}

/* The maps are private and read-only, so dropping their pages loses nothing. */
void
fovea_model_release_pages (FoveaModel *model)
{
    guint n;
    GBytes *const *maps = get_maps (model, &n);
    for (guint i = 0; i < n; i++) {
        gsize length;
        const void *data = g_bytes_get_data (maps[i], &length);
        madvise ((void *) data, length, MADV_DONTNEED);
    }
}

/* The sum, begun if nobody did; never replaced afterwards. */
static FoveaContentHash *
begin_hash (FoveaModel *model, GError **error)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&model->lock);
    if (model->hash != NULL)
        return model->hash;
    g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    if (model->files->config != NULL) {
        GBytes *config = map_file (model->files->config, error);
        if (config == NULL)
            return NULL;
        g_ptr_array_add (parts, config);
    }
    guint n;
    GBytes *const *maps = get_maps (model, &n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add (parts, g_bytes_ref (maps[i]));
    model->hash = fovea_content_hash_start (parts);
    return model->hash;
}

void
fovea_model_begin_hash (FoveaModel *model)
{
    begin_hash (model, NULL);
}

const char *
fovea_model_get_hash (FoveaModel *model, GCancellable *cancellable, GError **error)
{
    FoveaContentHash *hash = begin_hash (model, error);
    return hash != NULL ? fovea_content_hash_wait (hash, cancellable, error) : NULL;
}

FoveaTokenizer *
fovea_model_get_tokenizer (FoveaModel *model, GError **error)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&model->lock);
    if (model->architecture->image_size > 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s reads pictures, so it has no tokenizer", model->files->name);
        return NULL;
    }
    if (model->tokenizer == NULL)
        model->tokenizer =
            model->gguf != NULL
                ? fovea_gguf_tokenizer_new (model->gguf, model->files->weights, error)
                : fovea_tokenizer_open (model->files->folder, error);
    return model->tokenizer;
}

char *
fovea_model_read_chat_template (FoveaModel *model, GError **error)
{
    return model->gguf != NULL ? fovea_chat_template_read_gguf (model->gguf)
                               : fovea_chat_template_read (model->files->folder, error);
}

gboolean
fovea_model_get_matrix (FoveaModel *model, FoveaWeightRole role, guint layer, FoveaWeight *weight)
{
    g_return_val_if_fail (layer < model->architecture->n_layers, FALSE);
    const FoveaWeight *matrix = fovea_weights_get_matrix (model->weights, role, layer);
    if (matrix == NULL)
        return FALSE;
    *weight = *matrix;
    return TRUE;
}

gboolean
fovea_model_get_expert (
    FoveaModel *model, FoveaWeightRole role, guint layer, guint expert, FoveaWeight *weight)
{
    g_return_val_if_fail (layer < model->architecture->n_layers, FALSE);
    g_return_val_if_fail (expert < model->architecture->n_experts, FALSE);
    const FoveaWeight *matrix = fovea_weights_get_expert (model->weights, role, layer, expert);
    if (matrix == NULL)
        return FALSE;
    *weight = *matrix;
    return TRUE;
}

const float *
fovea_model_get_vector (FoveaModel *model, FoveaWeightRole role, guint layer)
{
    g_return_val_if_fail (layer < model->architecture->n_layers, NULL);
    return fovea_weights_get_vector (model->weights, role, layer);
}

gboolean
fovea_model_check_complete (FoveaModel *model, GError **error)
{
    const GPtrArray *missing = fovea_weights_get_missing (model->weights);
    const guint shown = MIN (missing->len, 4);
    if (missing->len == 0)
        return TRUE;
    g_autoptr (GString) names = g_string_new (missing->pdata[0]);
    for (guint i = 1; i < shown; i++)
        g_string_append_printf (names, ", %s", (const char *) missing->pdata[i]);
    if (missing->len > shown)
        g_string_append_printf (names, " and %u more", missing->len - shown);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s: %u tensors are missing, so it cannot be run: %s", model->files->weights,
                 missing->len, names->str);
    return FALSE;
}
