/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A picture becomes numbers as preprocessor_config.json says: scaled to a size, multiplied by a
 * factor, less a mean and over a deviation for each channel. Without that file nothing is guessed:
 * wrong constants give plausible maps of a picture that the model never saw. */
#include "capture/pictures.h"

#include <math.h>
#include <string.h>

#include "capture/config.h"
#include "capture/npy.h"
#include "capture/picture.h"

enum {
    MAX_CHANNELS = 4
};

typedef struct {
    gint64 size; /* of each side; 0 = not scaled */
    FoveaResample resample;
    double factor, mean[MAX_CHANNELS], deviation[MAX_CHANNELS];
} Preparation;

static gboolean
reads_pictures (FoveaModel *model, GError **error)
{
    if (fovea_model_get_architecture (model)->image_size > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s reads texts, not pictures",
                 fovea_model_get_name (model));
    return FALSE;
}

/* One number a channel. */
static void
read_channels (FoveaConfig *config, const char *key, gint64 n, double *values)
{
    JsonNode *node = fovea_config_get_member (config, key);
    JsonArray *list =
        node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
    if (list == NULL || json_array_get_length (list) != (guint64) n) {
        fovea_config_refuse (config, "\"%s\" is no list of %" G_GINT64_FORMAT " channels", key, n);
        return;
    }
    for (guint c = 0; c < n; c++) {
        JsonNode *item = json_array_get_element (list, c);
        values[c] = JSON_NODE_HOLDS_VALUE (item) ? json_node_get_double (item) : NAN;
        if (!isfinite (values[c]))
            fovea_config_refuse (config, "\"%s\" holds what is no number", key);
    }
}

/* "size" is one number or has a height and a width, both the model's. */
static void
read_size (FoveaConfig *config, const FoveaArchitecture *a)
{
    JsonNode *node = fovea_config_get_member (config, "size");
    gint64 height = 0, width = 0;
    if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
        height = width = json_node_get_int (node);
    else if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
        JsonObject *size = json_node_get_object (node);
        height = json_object_get_int_member_with_default (size, "height", 0);
        width = json_object_get_int_member_with_default (size, "width", 0);
    }
    if (height != a->image_size || width != a->image_size)
        fovea_config_refuse (config,
                             "\"size\" is not the model's %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT,
                             a->image_size, a->image_size);
}

static void
read_steps (FoveaConfig *config, const FoveaArchitecture *a, Preparation *p)
{
    *p = (Preparation){.factor = 1, .resample = FOVEA_RESAMPLE_BILINEAR};
    if (fovea_config_get_boolean (config, "do_resize", TRUE)) {
        gint64 resample = fovea_config_get_integer (config, "resample", 2, 100);
        p->size = a->image_size;
        p->resample = (FoveaResample) resample;
        if (resample != FOVEA_RESAMPLE_BILINEAR && resample != FOVEA_RESAMPLE_BICUBIC)
            fovea_config_refuse (config,
                                 "\"resample\": %" G_GINT64_FORMAT
                                 " is not supported (known: 2 bilinear, 3 bicubic)",
                                 resample);
        read_size (config, a);
    }
    if (fovea_config_get_boolean (config, "do_rescale", TRUE))
        p->factor = fovea_config_get_number (config, "rescale_factor", 1.0 / 255);
    for (int c = 0; c < MAX_CHANNELS; c++)
        p->deviation[c] = 1;
    if (fovea_config_get_boolean (config, "do_normalize", TRUE)) {
        read_channels (config, "image_mean", a->n_channels, p->mean);
        read_channels (config, "image_std", a->n_channels, p->deviation);
    }
    if (fovea_config_get_boolean (config, "do_center_crop", FALSE))
        fovea_config_refuse (config, "\"do_center_crop\": true is not supported");
}

/* Path of a file beside the model. */
static char *
find_beside (FoveaModel *model, const char *name)
{
    const char *path = fovea_model_get_path (model);
    g_autofree char *folder =
        g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup (path) : g_path_get_dirname (path);
    return g_build_filename (folder, name, NULL);
}

static FoveaConfig *
read_config (const char *name, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    return g_file_get_contents (name, &text, &length, error)
               ? fovea_config_new (text, length, name, error)
               : NULL;
}

static gboolean
read_preparation (FoveaModel *model, Preparation *preparation, GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    g_autofree char *name = find_beside (model, "preprocessor_config.json");
    if (!g_file_test (name, G_FILE_TEST_EXISTS)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "%s: absent, so how a picture becomes numbers is not known; a .npy of floats "
                     "(channels, height, width) is taken as it is",
                     name);
        return FALSE;
    }
    g_autoptr (FoveaConfig) config = read_config (name, error);
    if (config == NULL)
        return FALSE;
    read_steps (config, a, preparation);
    return fovea_config_check (config, error);
}

char **
fovea_pictures_read_labels (FoveaModel *model, GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    if (!reads_pictures (model, error))
        return NULL;
    if (a->no_head) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "%s has no unembedding, so it gives no labels", fovea_model_get_name (model));
        return NULL;
    }
    g_autofree char *name = find_beside (model, "config.json");
    g_autoptr (FoveaConfig) config = read_config (name, error);
    if (config == NULL)
        return NULL;
    JsonNode *node = fovea_config_get_member (config, "id2label");
    JsonObject *object =
        node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    char **labels = g_new0 (char *, (gsize) a->vocabulary + 1);
    for (gint64 v = 0; v < a->vocabulary; v++) {
        g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, v);
        JsonNode *label = object != NULL ? json_object_get_member (object, key) : NULL;
        const char *text = label != NULL && JSON_NODE_HOLDS_VALUE (label) &&
                                   json_node_get_value_type (label) == G_TYPE_STRING
                               ? json_node_get_string (label)
                               : key;
        labels[v] = g_strdup (text);
    }
    return labels;
}

static char **
name_patches (const FoveaArchitecture *a)
{
    gint64 n = a->image_size / a->patch_size;
    char **texts = g_new0 (char *, (gsize) (n * n) + 2);
    texts[0] = g_strdup ("[CLS]");
    for (gint64 i = 0; i < n * n; i++)
        texts[i + 1] = g_strdup_printf ("%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, i / n, i % n);
    return texts;
}

FoveaTraceInfo *
fovea_pictures_from_values (FoveaModel *model, const char *title, const float *values)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    const gint64 S = a->image_size, p = a->patch_size, n = S / p;
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = fovea_architecture_copy (a);
    info->model_name = g_strdup (fovea_model_get_name (model));
    info->model_hash = g_strdup ("");
    info->title = g_strdup (title);
    info->n_tokens = n * n + 1;
    info->token_texts = name_patches (a);
    info->special = g_new0 (gboolean, (gsize) info->n_tokens);
    info->special[0] = TRUE;
    info->keep = FOVEA_F32;
    gint64 width = fovea_architecture_patch_width (a);
    info->patches = g_new0 (float, (gsize) (info->n_tokens * width));
    float *to = info->patches + width; /* the class token has no pixels */
    for (gint64 row = 0; row < n; row++)
        for (gint64 column = 0; column < n; column++)
            for (gint64 c = 0; c < a->n_channels; c++)
                for (gint64 y = 0; y < p; y++, to += p)
                    memcpy (to, values + (c * S + row * p + y) * S + column * p,
                            (gsize) p * sizeof *to);
    return info;
}

/* (channels, height, width) of a picture whose channels are the model's. */
static float *
prepare_pixels (const FoveaPicture *picture, const Preparation *preparation)
{
    gint64 n = picture->width * picture->height;
    float *values = g_new (float, (gsize) (n * picture->channels));
    for (gint64 c = 0; c < picture->channels; c++)
        for (gint64 i = 0; i < n; i++)
            values[c * n + i] =
                (float) ((picture->values[i * picture->channels + c] * preparation->factor -
                          preparation->mean[c]) /
                         preparation->deviation[c]);
    return values;
}

static FoveaTraceInfo *
prepare (FoveaModel *model,
         const char *title,
         const FoveaPicture *picture,
         const Preparation *preparation,
         GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    g_autoptr (FoveaPicture) grey =
        a->n_channels == 1 && picture->channels > 1 ? fovea_picture_to_grey (picture) : NULL;
    const FoveaPicture *given = grey != NULL ? grey : picture;
    g_autoptr (FoveaPicture) scaled =
        preparation->size > 0
            ? fovea_picture_scale (given, a->image_size, a->image_size, preparation->resample)
            : NULL;
    const FoveaPicture *ready = scaled != NULL ? scaled : given;
    if (ready->channels != a->n_channels || ready->width != a->image_size ||
        ready->height != a->image_size) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s: %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT " pixels of %" G_GINT64_FORMAT
                     " channels, %s reads %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
                     " of %" G_GINT64_FORMAT,
                     title, ready->width, ready->height, ready->channels,
                     fovea_model_get_name (model), a->image_size, a->image_size, a->n_channels);
        return NULL;
    }
    g_autofree float *values = prepare_pixels (ready, preparation);
    return fovea_pictures_from_values (model, title, values);
}

/* Axes of an array of pictures: how many there are, and the sizes of one. */
typedef struct {
    gint64 n, height, width, channels;
} Axes;

static gboolean
refuse_shape (const char *title, const FoveaTensor *array, const char *wanted, GError **error)
{
    g_autoptr (GString) shape = g_string_new ("(");
    for (guint i = 0; i < array->rank; i++)
        g_string_append_printf (shape, i > 0 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT,
                                array->shape[i]);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s: an array %s), expected %s", title,
                 shape->str, wanted);
    return FALSE;
}

/* 8-bit values: ([N,] height, width[, channels]); a last axis of 1 or 3 is that of channels. */
static gboolean
read_byte_axes (const char *title, const FoveaTensor *array, Axes *axes, GError **error)
{
    const gint64 *shape = array->shape;
    guint rank = array->rank;
    gboolean channels = rank >= 3 && (shape[rank - 1] == 1 || shape[rank - 1] == 3);
    guint plain = rank - (channels ? 1 : 0);
    if (plain != 2 && plain != 3)
        return refuse_shape (title, array, "([N,] height, width[, 1 or 3])", error);
    *axes = (Axes){plain == 3 ? shape[0] : 1, shape[plain - 2], shape[plain - 1],
                   channels ? shape[rank - 1] : 1};
    return TRUE;
}

static GPtrArray *
new_list (void)
{
    return g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_trace_info_free);
}

static char *
name_part (const char *title, gint64 i, gint64 n)
{
    return n > 1 ? g_strdup_printf ("%s, %" G_GINT64_FORMAT, title, i) : g_strdup (title);
}

static GPtrArray *
read_byte_array (FoveaModel *model, const char *title, const FoveaTensor *array, GError **error)
{
    Preparation preparation;
    Axes axes = {0};
    g_autoptr (GPtrArray) list = new_list ();
    if (!read_byte_axes (title, array, &axes, error) ||
        !read_preparation (model, &preparation, error))
        return NULL;
    for (gint64 i = 0; i < axes.n; i++) {
        g_autofree char *name = name_part (title, i, axes.n);
        g_autoptr (FoveaPicture) picture =
            fovea_picture_new (axes.width, axes.height, axes.channels, title, error);
        if (picture == NULL)
            return NULL;
        gsize bytes = (gsize) (axes.width * axes.height * axes.channels);
        memcpy (picture->values, (const guint8 *) array->data + (gsize) i * bytes, bytes);
        FoveaTraceInfo *info = prepare (model, name, picture, &preparation, error);
        if (info == NULL)
            return NULL;
        g_ptr_array_add (list, info);
    }
    return g_steal_pointer (&list);
}

/* Floats: ([N,] channels, height, width), prepared already. */
static GPtrArray *
read_float_array (FoveaModel *model, const char *title, const FoveaTensor *array, GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    const gint64 *one = array->shape + (array->rank == 4);
    g_autofree char *wanted =
        g_strdup_printf ("([N,] %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")",
                         a->n_channels, a->image_size, a->image_size);
    if ((array->rank != 3 && array->rank != 4) || one[0] != a->n_channels ||
        one[1] != a->image_size || one[2] != a->image_size) {
        refuse_shape (title, array, wanted, error);
        return NULL;
    }
    gint64 each = one[0] * one[1] * one[2], n = array->n_elements / each;
    g_autofree float *values = g_new (float, (gsize) array->n_elements);
    fovea_dtype_to_f32 (array->data, array->dtype, (gsize) array->n_elements, values);
    GPtrArray *list = new_list ();
    for (gint64 i = 0; i < n; i++) {
        g_autofree char *name = name_part (title, i, n);
        g_ptr_array_add (list, fovea_pictures_from_values (model, name, values + i * each));
    }
    return list;
}

static GPtrArray *
read_array (FoveaModel *model, const char *title, const guint8 *data, gsize length, GError **error)
{
    FoveaTensor array = {0};
    if (!fovea_npy_read (data, length, title, 0, &array, error))
        return NULL;
    if (array.dtype == FOVEA_U8)
        return read_byte_array (model, title, &array, error);
    if (array.dtype <= FOVEA_F64)
        return read_float_array (model, title, &array, error);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "%s: pictures of type %s (known: U8, floats)", title,
                 fovea_dtype_name (array.dtype));
    return NULL;
}

GPtrArray *
fovea_pictures_read (FoveaModel *model, const char *title, GBytes *bytes, GError **error)
{
    gsize length;
    const guint8 *data = g_bytes_get_data (bytes, &length);
    Preparation preparation;
    if (!reads_pictures (model, error))
        return NULL;
    if (length >= 6 && memcmp (data, "\x93NUMPY", 6) == 0)
        return read_array (model, title, data, length, error);
    g_autoptr (FoveaPicture) picture = fovea_picture_decode (bytes, title, error);
    if (picture == NULL || !read_preparation (model, &preparation, error))
        return NULL;
    FoveaTraceInfo *info = prepare (model, title, picture, &preparation, error);
    if (info == NULL)
        return NULL;
    GPtrArray *list = new_list ();
    g_ptr_array_add (list, info);
    return list;
}
