/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The tree: a node is split, its largest parts become children and are split in turn. What is not
 * listed stays in the sum as one child, so that a reader can always add up what he sees. */
#include "analysis/sae-path.h"

#include <math.h>

#include "analysis/sae-path-private.h"
#include "analysis/sae-reading.h"

enum {
    USUAL_CHILDREN = 8,
    USUAL_DEPTH = 4
};

#define USUAL_SHARE 0.01

typedef struct {
    FoveaPathFinder finder;
    FoveaPathOptions options;
    double root; /* its value */
} Search;

static void
free_all (float **rows, gint64 n)
{
    for (gint64 l = 0; rows != NULL && l < n; l++)
        g_free (rows[l]);
    g_free (rows);
}

static void
free_sites (FoveaPathSite *sites, gint64 n)
{
    for (gint64 l = 0; sites != NULL && l < n; l++) {
        fovea_sae_codes_free (sites[l].codes);
        g_free (sites[l].norms);
    }
    g_free (sites);
}

static void
clear_search (Search *search)
{
    FoveaPathFinder *f = &search->finder;
    free_all (f->pre, f->L);
    free_all (f->z, f->L);
    free_all (f->attn_out, f->L);
    free_all (f->mlp_out, f->L);
    free_sites (f->stream, f->L);
    free_sites (f->attention, f->L);
    for (gint64 l = 0; f->weights != NULL && l < f->L; l++)
        fovea_attention_free (f->weights[l]);
    g_free (f->weights);
    g_clear_pointer (&f->device, fovea_device_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, clear_search)

static void
clear_part (gpointer data)
{
    g_clear_pointer (&((FoveaPathPart *) data)->direction, g_rc_box_release);
}

void
fovea_path_node_free (FoveaPathNode *node)
{
    if (node == NULL)
        return;
    g_clear_pointer (&node->children, g_ptr_array_unref);
    g_clear_pointer (&node->direction, g_rc_box_release);
    g_free (node);
}

static gboolean
check_family (const FoveaArchitecture *a, GError **error)
{
    const char *why = a->norm_place == FOVEA_NORM_OF_SUM ? "its stream is normalised whole"
                      : a->kv_latent > 0                 ? "its values come from a latent"
                      : a->qkv_limit > 0                 ? "its values are clipped"
                      : a->residual_scale != 0           ? "its branches are scaled"
                                                         : NULL;
    if (why == NULL)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "latents of a %s model cannot be traced back: %s", a->family, why);
    return FALSE;
}

/* Where an autoencoder belongs; NULL with @error set. */
static FoveaPathSite *
find_site (FoveaPathFinder *f, const FoveaSae *sae, GError **error)
{
    const FoveaArchitecture *a = f->architecture;
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    guint layer = 0;
    gboolean z = fovea_sae_parse_site (site, "attn.hook_z", &layer);
    gboolean post = !z && fovea_sae_parse_site (site, "hook_resid_post", &layer);
    gboolean known = z || post || fovea_sae_parse_site (site, "hook_resid_pre", &layer);
    gint64 width = z ? a->n_heads * a->head_width : f->C, at = (gint64) layer + post;
    if (!known || at >= f->L || sae->w_enc == NULL || fovea_sae_is_transcoder (sae->architecture)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "a %s of %s is on no way back: autoencoders of attn.hook_z and of the stream "
                     "that enters a layer are",
                     fovea_sae_architecture_name (sae->architecture),
                     site != NULL ? site : "a site without a name");
        return NULL;
    }
    if (!fovea_sae_check_width (sae, site, width, error))
        return NULL;
    FoveaPathSite *found = z ? &f->attention[at] : &f->stream[at];
    if (found->sae == NULL)
        return found;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "two autoencoders of %s", site);
    return NULL;
}

static gboolean
open_search (Search *search,
             FoveaModel *model,
             FoveaTrace *trace,
             const FoveaSae *const *saes,
             guint n_saes,
             GError **error)
{
    FoveaPathFinder *f = &search->finder;
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    gsize L = (gsize) a->n_layers;
    f->model = model;
    f->architecture = a;
    f->trace = trace;
    f->T = fovea_trace_get_info (trace)->n_tokens;
    f->C = a->width;
    f->L = a->n_layers;
    f->stream = g_new0 (FoveaPathSite, L);
    f->attention = g_new0 (FoveaPathSite, L);
    f->pre = g_new0 (float *, L);
    f->z = g_new0 (float *, L);
    f->attn_out = g_new0 (float *, L);
    f->mlp_out = g_new0 (float *, L);
    f->weights = g_new0 (FoveaAttention *, L);
    f->device = fovea_device_open ("cpu", 0, error);
    if (f->device == NULL || !check_family (a, error))
        return FALSE;
    for (guint i = 0; i < n_saes; i++) {
        FoveaPathSite *site = find_site (f, saes[i], error);
        if (site == NULL)
            return FALSE;
        site->sae = saes[i];
    }
    return TRUE;
}

static FoveaPathNode *
new_node (FoveaPathKind kind, guint depth, guint layer, gint64 position, double value)
{
    FoveaPathNode *node = g_new0 (FoveaPathNode, 1);
    node->kind = kind;
    node->depth = depth;
    node->layer = layer;
    node->position = position;
    node->latent = -1;
    node->value = value;
    return node;
}

/* Larger first; of equal ones the earlier. */
static int
compare_parts (gconstpointer a, gconstpointer b)
{
    const FoveaPathPart *x = a, *y = b;
    double p = fabs (x->value), q = fabs (y->value);
    if (p != q)
        return p > q ? -1 : 1;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return x->latent != y->latent ? x->latent - y->latent : (int) x->kind - (int) y->kind;
}

static void
adopt (const Search *search, FoveaPathNode *node, FoveaPathSplit *split)
{
    guint depth = node->depth + 1, most = search->options.most_children;
    double rest = 0;
    g_array_sort (split->parts, compare_parts);
    node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_path_node_free);
    for (guint i = 0; i < split->parts->len; i++) {
        FoveaPathPart *part = &g_array_index (split->parts, FoveaPathPart, i);
        if (i >= most) {
            rest += part->value;
            continue;
        }
        FoveaPathNode *child =
            new_node (part->kind, depth, part->layer, part->position, part->value);
        child->latent = part->latent;
        child->direction = g_steal_pointer (&part->direction);
        g_ptr_array_add (node->children, child);
    }
    if (split->has_error)
        g_ptr_array_add (node->children,
                         new_node (FOVEA_PATH_ERROR, depth, node->layer, -1, split->error));
    g_ptr_array_add (node->children,
                     new_node (FOVEA_PATH_BIAS, depth, node->layer, -1, split->bias));
    if (split->parts->len > most)
        g_ptr_array_add (node->children, new_node (FOVEA_PATH_REST, depth, node->layer, -1, rest));
}

/* The code of a node's latent, as its autoencoder sees it in the run. */
static double
get_code (FoveaPathFinder *f, const FoveaPathNode *node)
{
    const FoveaPathSite *site = node->kind == FOVEA_PATH_ATTENTION_LATENT
                                    ? &f->attention[node->layer]
                                    : &f->stream[node->layer];
    return (double) fovea_sae_codes_get (site->codes, node->position, node->latent);
}

static gboolean
split_node (Search *search, const FoveaPathNode *node, FoveaPathSplit *split, GError **error)
{
    FoveaPathFinder *f = &search->finder;
    if (node->kind == FOVEA_PATH_ATTENTION)
        return fovea_path_split_attention (f, node->layer, node->position, node->direction, split,
                                           error);
    double share = node->value / get_code (f, node);
    return node->kind == FOVEA_PATH_ATTENTION_LATENT
               ? fovea_path_split_attention_latent (f, node->layer, node->position, node->latent,
                                                    share, split, error)
               : fovea_path_split_stream_latent (f, node->layer, node->position, node->latent,
                                                 share, split, error);
}

/* What an attention adds is normalised behind it in some families: no sum over its heads then. */
static gboolean
can_split (const Search *search, const FoveaPathNode *node)
{
    const FoveaPathFinder *f = &search->finder;
    gboolean plain = f->architecture->norm_place == FOVEA_NORM_BEFORE ||
                     f->architecture->norm_place == FOVEA_NORM_NOWHERE;
    if (node->depth >= search->options.depth ||
        !(fabs (node->value) >= search->options.share * fabs (search->root)))
        return FALSE;
    return node->kind == FOVEA_PATH_ATTENTION_LATENT || node->kind == FOVEA_PATH_STREAM_LATENT ||
           (node->kind == FOVEA_PATH_ATTENTION && plain && f->attention[node->layer].sae != NULL);
}

static gboolean
grow (Search *search, FoveaPathNode *node, GError **error)
{
    if (!can_split (search, node))
        return TRUE;
    g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FoveaPathPart));
    FoveaPathSplit split = {.parts = parts};
    g_array_set_clear_func (parts, clear_part);
    if (!split_node (search, node, &split, error))
        return FALSE;
    adopt (search, node, &split);
    for (guint i = 0; i < node->children->len; i++)
        if (!grow (search, g_ptr_array_index (node->children, i), error))
            return FALSE;
    return TRUE;
}

/* The root with its code, which must be there. */
static FoveaPathNode *
make_root (Search *search, const FoveaSae *sae, gint32 latent, gint64 position, GError **error)
{
    FoveaPathFinder *f = &search->finder;
    guint layer = 0;
    gboolean z =
        fovea_sae_parse_site (fovea_sae_get_metadata (sae, "hook_name"), "attn.hook_z", &layer);
    for (gint64 l = 0; l < f->L; l++)
        if (f->stream[l].sae == sae)
            layer = (guint) l;
    FoveaPathSite *site = z ? &f->attention[layer] : &f->stream[layer];
    if (latent < 0 || latent >= sae->d_sae || position < 0 || position >= f->T) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "latent %d at token %" G_GINT64_FORMAT ": there are %" G_GINT64_FORMAT
                     " latents and %" G_GINT64_FORMAT " tokens",
                     latent, position, sae->d_sae, f->T);
        return NULL;
    }
    const float *rows =
        fovea_path_read_rows (f, z ? &f->z[layer] : &f->pre[layer], layer,
                              z ? "attn.hook_z" : "hook_resid_pre", sae->d_in, error);
    if (!fovea_path_encode_site (f, site, rows, error))
        return NULL;
    search->root = (double) fovea_sae_codes_get (site->codes, position, latent);
    if (search->root == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "latent %d does not fire at token %" G_GINT64_FORMAT, latent, position);
        return NULL;
    }
    FoveaPathNode *root = new_node (z ? FOVEA_PATH_ATTENTION_LATENT : FOVEA_PATH_STREAM_LATENT, 0,
                                    layer, position, search->root);
    root->latent = latent;
    return root;
}

FoveaPathNode *
fovea_sae_trace_back (FoveaModel *model,
                      FoveaTrace *trace,
                      const FoveaSae *const *saes,
                      guint n_saes,
                      gint32 latent,
                      gint64 position,
                      const FoveaPathOptions *options,
                      GCancellable *cancellable,
                      GError **error)
{
    g_auto (Search) search = {.options = options != NULL ? *options : (FoveaPathOptions){0}};
    g_return_val_if_fail (n_saes > 0, NULL);
    search.finder.cancellable = cancellable;
    if (search.options.most_children == 0)
        search.options.most_children = USUAL_CHILDREN;
    if (search.options.depth == 0)
        search.options.depth = USUAL_DEPTH;
    if (!(search.options.share > 0))
        search.options.share = USUAL_SHARE;
    if (!open_search (&search, model, trace, saes, n_saes, error))
        return NULL;
    g_autoptr (FoveaPathNode) root = make_root (&search, saes[0], latent, position, error);
    return root != NULL && grow (&search, root, error) ? g_steal_pointer (&root) : NULL;
}

const char *
fovea_sae_list_path_points (void)
{
    return "attention,blocks.*.attn.hook_z,blocks.*.attn.hook_v,blocks.*.hook_resid_pre,"
           "blocks.*.hook_attn_out,blocks.*.hook_mlp_out";
}

static const char *const kinds[FOVEA_N_PATHS] = {
    "attention latent", "stream latent", "embedding", "attention", "MLP", "error", "bias", "rest"};

static void
add_rows (FoveaTable *table, const FoveaPathNode *node, const FoveaTraceInfo *info, double root)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_integer (table, row, 0, node->depth);
    fovea_table_set_text (table, row, 1, kinds[node->kind]);
    fovea_table_set_integer (table, row, 2, node->layer);
    fovea_table_set_integer (table, row, 3, node->position);
    if (info != NULL && info->token_texts != NULL && node->position >= 0) {
        g_autofree char *text = g_utf8_make_valid (info->token_texts[node->position], -1);
        fovea_table_set_text (table, row, 4, text);
    }
    fovea_table_set_integer (table, row, 5, node->latent);
    fovea_table_set_number (table, row, 6, node->value);
    fovea_table_set_number (table, row, 7, node->value / root);
    for (guint i = 0; node->children != NULL && i < node->children->len; i++)
        add_rows (table, g_ptr_array_index (node->children, i), info, root);
}

FoveaTable *
fovea_path_tabulate (const FoveaPathNode *root, const FoveaTraceInfo *info)
{
    static const FoveaColumn columns[] = {
        {"depth", FOVEA_COLUMN_INTEGER, "", "0 = the latent asked for"},
        {"kind", FOVEA_COLUMN_TEXT, "", ""},
        {"layer", FOVEA_COLUMN_INTEGER, "", ""},
        {"position", FOVEA_COLUMN_INTEGER, "", "token; -1 = several"},
        {"text", FOVEA_COLUMN_TEXT, "", ""},
        {"latent", FOVEA_COLUMN_INTEGER, "", "-1 = none"},
        {"value", FOVEA_COLUMN_NUMBER, "code", "part of the root's code"},
        {"share", FOVEA_COLUMN_NUMBER, "", "of the root's code"},
    };
    FoveaTable *table = fovea_table_new_with ("sae_path", columns, G_N_ELEMENTS (columns));
    add_rows (table, root, info, root->value);
    return table;
}
