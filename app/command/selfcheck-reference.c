/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A reference is whatever another program saved: tensors become points by their names. Values are
 * cut into sequences by the first dimension of the ids, and compared in full. */
#include <string.h>

#include "app/command/selfcheck-record.h"
#include "capture/pictures.h"
#include "capture/point-table.h"
#include "capture/safetensors.h"
#include "capture/texts.h"

static float *
read_floats (const FoveaTensor *tensor)
{
    float *values = g_new (float, (gsize) MAX (tensor->n_elements, 1));
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements, values);
    return values;
}

/* Ids above 2^24 are not exact as floats; no vocabulary is that large. */
static FoveaTraceInfo *
make_text (FoveaModel *model, const float *values, gint64 n, gint64 sequence, GError **error)
{
    g_autofree char *title = g_strdup_printf ("sequence %" G_GINT64_FORMAT, sequence);
    g_autofree gint32 *ids = g_new (gint32, (gsize) MAX (n, 1));
    for (gint64 i = 0; i < n; i++)
        ids[i] = (gint32) values[i];
    return fovea_texts_from_ids (model, title, ids, n, error);
}

/* What a reference's sequences are made of. */
typedef struct {
    const FoveaTensor *tensor; /* input_ids or pixel_values */
    gboolean pictures;
    gint64 n_sequences;
} Input;

static gboolean
find_input (FoveaSafetensors *file, const char *path, Input *input, GError **error)
{
    const FoveaTensor *ids = fovea_safetensors_lookup (file, "input_ids");
    const FoveaTensor *pixels = fovea_safetensors_lookup (file, "pixel_values");
    input->pictures = ids == NULL && pixels != NULL;
    input->tensor = input->pictures ? pixels : ids;
    guint rank = input->tensor != NULL ? input->tensor->rank : 0;
    if (input->tensor == NULL || (input->pictures ? rank != 4 : rank < 1 || rank > 2) ||
        input->tensor->n_elements == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s: no input_ids (T) or (B, T), and no pixel_values (B, channels, height, "
                     "width), so nothing says what to run",
                     path);
        return FALSE;
    }
    input->n_sequences = rank > 1 ? input->tensor->shape[0] : 1;
    return TRUE;
}

/* Pictures of another size would be read past their end. */
static gboolean
check_pictures (FoveaModel *model, const Input *input, const char *path, GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    const gint64 *shape = input->tensor->shape;
    if (!input->pictures || (a->image_size > 0 && shape[1] == a->n_channels &&
                             shape[2] == a->image_size && shape[3] == a->image_size))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s: pixel_values are pictures of %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                 " x %" G_GINT64_FORMAT ", the model reads %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                 " x %" G_GINT64_FORMAT,
                 path, shape[1], shape[2], shape[3], a->n_channels, a->image_size, a->image_size);
    return FALSE;
}

/* Empty records of all sequences. */
static GPtrArray *
make_records (FoveaModel *model, const Input *input, GError **error)
{
    g_autofree float *values = read_floats (input->tensor);
    g_autoptr (GPtrArray) records =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_selfcheck_record_free);
    gint64 each = input->tensor->n_elements / input->n_sequences;
    for (gint64 b = 0; b < input->n_sequences; b++) {
        FoveaTraceInfo *info =
            input->pictures ? fovea_pictures_from_values (model, "picture", values + b * each)
                            : make_text (model, values + b * each, each, b, error);
        if (info == NULL)
            return NULL;
        g_ptr_array_add (records, fovea_selfcheck_record_new (info));
    }
    return g_steal_pointer (&records);
}

/* The number behind "hidden." and its kind; -1 if @name does not begin so. */
static gint64
number_after (const char *name, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++) {
        guint64 number;
        if (g_str_has_prefix (name, *prefixes) &&
            g_ascii_string_to_unsigned (name + strlen (*prefixes), 10, 0, G_MAXINT32, &number,
                                        NULL))
            return (gint64) number;
    }
    return -1;
}

/* The point that a tensor of transformers, or of TransformerLens, holds; NULL = none. The last
 * hidden state is that behind the final norm, an encoder's that behind its last sum, an image model's
 * that before its final norm. */
static char *
find_point (const FoveaArchitecture *architecture, const char *name)
{
    static const char *const hidden[] = {"hidden.", "hidden_states.", NULL};
    static const char *const maps[] = {"attention.", "attentions.", "attn.", NULL};
    FoveaPoint point;
    gint64 layer = number_after (name, maps);
    if (layer >= 0)
        return g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".attn.hook_pattern", layer);
    if (g_str_equal (name, "logits"))
        return g_strdup ("unembed.hook_out");
    layer = number_after (name, hidden);
    if (layer < 0)
        return fovea_point_parse (architecture, name, &point) ? g_strdup (name) : NULL;
    if (layer < architecture->n_layers)
        return g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".hook_resid_pre", layer);
    if (layer > architecture->n_layers)
        return NULL;
    if (architecture->image_size > 0)
        return g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".hook_resid_post", layer - 1);
    if (architecture->norm_place == FOVEA_NORM_OF_SUM)
        return g_strdup_printf ("blocks.%" G_GINT64_FORMAT ".hook_normalized_resid_post",
                                layer - 1);
    return fovea_point_canonical_name (architecture, "ln_final.hook_out");
}

static gint64 *
count_up (gint64 n)
{
    gint64 *places = g_new (gint64, (gsize) n);
    for (gint64 i = 0; i < n; i++)
        places[i] = i;
    return places;
}

/* The values of one tensor, dealt to the sequences. Logits of a picture are those of its class
 * token, which comes first. */
static gboolean
add_point (GPtrArray *records,
           const char *path,
           const FoveaTensor *tensor,
           const char *name,
           gboolean of_first_row,
           GError **error)
{
    gint64 each = tensor->n_elements / records->len;
    if (each == 0 || each * (gint64) records->len != tensor->n_elements) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: %s has %" G_GINT64_FORMAT " values, which are not those of %u sequences",
                     path, tensor->name, tensor->n_elements, records->len);
        return FALSE;
    }
    g_autofree float *values = read_floats (tensor);
    for (guint b = 0; b < records->len; b++) {
        SelfcheckRecord *record = records->pdata[b];
        SelfcheckPoint *point = g_new0 (SelfcheckPoint, 1);
        point->name = g_strdup (name);
        point->n = each;
        point->values = g_new (double, (gsize) each);
        for (gint64 i = 0; i < each; i++)
            point->values[i] = (double) values[b * each + i];
        if (of_first_row)
            point->places = count_up (each);
        g_ptr_array_add (record->points, point);
    }
    return TRUE;
}

GPtrArray *
fovea_selfcheck_reference_read (FoveaModel *model, const char *path, char **ignored, GError **error)
{
    Input input;
    guint n;
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, error);
    if (file == NULL || !find_input (file, path, &input, error))
        return NULL;
    if (!check_pictures (model, &input, path, error))
        return NULL;
    g_autoptr (GPtrArray) records = make_records (model, &input, error);
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    g_autoptr (GString) rest = g_string_new (NULL);
    for (guint i = 0; records != NULL && i < n; i++) {
        g_autofree char *point = find_point (fovea_model_get_architecture (model), tensors[i].name);
        gboolean of_class = input.pictures && g_str_equal (tensors[i].name, "logits");
        if (point != NULL && !add_point (records, path, &tensors[i], point, of_class, error))
            return NULL;
        if (point == NULL && strcmp (tensors[i].name, input.tensor->name) != 0)
            g_string_append_printf (rest, "%s%s", rest->len > 0 ? ", " : "", tensors[i].name);
    }
    *ignored = rest->len > 0 ? g_strdup (rest->str) : NULL;
    return g_steal_pointer (&records);
}
