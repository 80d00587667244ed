/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Names of points, bridge aliases as TransformerLens's bridge defines them, and the request
 * language of plans. No weights are needed. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "capture/plan.h"
#include "capture/point.h"
#include "tests/support.h"

static FoveaArchitecture
llama_like (void)
{
    return (FoveaArchitecture){
        .family = (char *) "llama",
        .n_layers = 6,
        .n_heads = 12,
        .n_kv_heads = 4,
        .head_width = 32,
        .width = 384,
        .mlp_width = 1024,
        .vocabulary = 8192,
        .context = 4096,
        .norm = FOVEA_NORM_RMS,
        .position = FOVEA_POSITION_ROTARY,
        .rotary_width = 32,
        .rotary_base = 100000,
        .gated = TRUE,
        .attention_scale = 0.17677669f,
    };
}

static FoveaArchitecture
gpt2_like (void)
{
    return (FoveaArchitecture){
        .family = (char *) "gpt2",
        .n_layers = 4,
        .n_heads = 4,
        .n_kv_heads = 4,
        .head_width = 32,
        .width = 128,
        .mlp_width = 512,
        .vocabulary = 65,
        .context = 64,
        .norm = FOVEA_NORM_LAYER,
        .position = FOVEA_POSITION_LEARNED,
        .attention_scale = 0.17677669f,
    };
}

static JsonParser *
read_json (const char *path)
{
    g_autoptr (GError) error = NULL;
    JsonParser *parser = json_parser_new ();
    ck_assert_msg (json_parser_load_from_file (parser, path, &error), "%s",
                   error != NULL ? error->message : "");
    return parser;
}

static gboolean
holds (JsonArray *array, const char *text)
{
    for (guint i = 0; i < json_array_get_length (array); i++)
        if (strcmp (json_array_get_string_element (array, i), text) == 0)
            return TRUE;
    return FALSE;
}

/* The same bridge name in layer 0; an empty list in one layer only is rounding in the record. */
static JsonArray *
equal_in_some_layer (JsonObject *bridge, const char *name, char **in_layer_0)
{
    JsonArray *own = json_object_get_array_member (bridge, name);
    *in_layer_0 = g_strdup (name);
    if (json_array_get_length (own) > 0 || !g_str_has_prefix (name, "blocks."))
        return own;
    const char *suffix = strchr (name + strlen ("blocks."), '.');
    g_free (*in_layer_0);
    *in_layer_0 = g_strconcat ("blocks.0", suffix, NULL);
    return json_object_get_array_member (bridge, *in_layer_0);
}

static void
check_aliases (const FoveaArchitecture *architecture, const char *path)
{
    g_autoptr (JsonParser) parser = read_json (path);
    JsonObject *root = json_node_get_object (json_parser_get_root (parser));
    JsonObject *bridge =
        json_object_get_object_member (root, "bridge_names_with_equal_classic_tensors");
    JsonObject *shapes = json_object_get_object_member (root, "shapes");
    g_autoptr (GList) names = json_object_get_members (bridge);
    guint checked = 0;
    for (GList *at = names; at != NULL; at = at->next) {
        g_autofree char *name = NULL;
        JsonArray *equal = equal_in_some_layer (bridge, at->data, &name);
        g_autofree char *classic = fovea_point_canonical_name (architecture, name);
        if (json_array_get_length (equal) == 0 && strcmp (name, "ln_final.hook_in") != 0) {
            ck_assert_msg (!json_object_has_member (shapes, classic), "%s is no alias of %s", name,
                           classic);
            continue;
        }
        if (json_array_get_length (equal) > 0)
            ck_assert_msg (holds (equal, classic), "%s became %s", name, classic);
        checked++;
    }
    ck_assert_uint_ge (checked, 100);
}

START_TEST (aliases_are_those_of_the_bridge)
{
    const FoveaArchitecture llama = llama_like (), gpt2 = gpt2_like ();
    g_autofree char *demo = support_data ("tests/golden/fovea-demo/transformerlens_reference.json");
    g_autofree char *char_gpt =
        support_shared ("models/char-gpt-shakespeare/transformerlens_reference.json");
    check_aliases (&llama, demo);
    if (char_gpt != NULL)
        check_aliases (&gpt2, char_gpt);
}
END_TEST

/* Every recorded name is a point of ours, with the recorded shape. */
static void
check_shapes (const FoveaArchitecture *architecture, const char *path, gint64 T)
{
    g_autoptr (JsonParser) parser = read_json (path);
    JsonObject *shapes = json_object_get_object_member (
        json_node_get_object (json_parser_get_root (parser)), "shapes");
    g_autoptr (GPtrArray) points = fovea_points_list (architecture, T);
    guint found = 0;
    for (guint i = 0; i < points->len; i++) {
        const FoveaArray *array = g_ptr_array_index (points, i);
        if (!json_object_has_member (shapes, array->name))
            continue;
        JsonArray *shape = json_object_get_array_member (shapes, array->name);
        ck_assert_uint_eq (array->rank, json_array_get_length (shape));
        for (guint axis = 0; axis < array->rank; axis++)
            ck_assert_int_eq (array->shape[axis], json_array_get_int_element (shape, axis));
        found++;
    }
    /* input_ids and the three compositions are no points. */
    ck_assert_uint_eq (found, json_object_get_size (shapes) - 4);
}

START_TEST (points_have_the_shapes_that_transformerlens_records)
{
    const FoveaArchitecture llama = llama_like (), gpt2 = gpt2_like ();
    g_autofree char *demo = support_data ("tests/golden/fovea-demo/transformerlens_reference.json");
    g_autofree char *char_gpt =
        support_shared ("models/char-gpt-shakespeare/transformerlens_reference.json");
    check_shapes (&llama, demo, 24);
    if (char_gpt != NULL)
        check_shapes (&gpt2, char_gpt, 32);
}
END_TEST

START_TEST (pyramid_levels_end_with_one_cell)
{
    const FoveaArchitecture llama = llama_like ();
    static const struct {
        gint64 n_tokens;
        guint levels;
    } cases[] = {{1, 1}, {64, 1}, {65, 2}, {128, 2}, {129, 3}, {4096, 7}};
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
        g_autoptr (GPtrArray) points = fovea_points_list (&llama, cases[c].n_tokens);
        guint levels = 0;
        const FoveaArray *last = NULL;
        for (guint i = 0; i < points->len; i++) {
            const FoveaArray *array = g_ptr_array_index (points, i);
            if (!g_str_has_prefix (array->name, "blocks.3.attn.hook_pyramid_mean."))
                continue;
            levels++;
            last = array;
        }
        ck_assert_uint_eq (levels, cases[c].levels);
        ck_assert_int_eq (last->shape[0], 12);
        ck_assert_int_eq (last->shape[1], 1);
        ck_assert_int_eq (last->shape[2], 1);
    }
}
END_TEST

static FoveaPlan *
plan_of (const char *points, FoveaDtype keep, gboolean dense, GError **error)
{
    const FoveaArchitecture llama = llama_like ();
    const FoveaPlanOptions options = {.points = points, .keep = keep, .dense = dense};
    return fovea_plan_new (&llama, &options, error);
}

/* Names that a request keeps of 100 tokens, in order, separated by blanks. */
static char *
kept_by (const char *points, FoveaDtype keep, gboolean dense)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPlan) plan = plan_of (points, keep, dense, &error);
    ck_assert_msg (plan != NULL, "%s: %s", points, error != NULL ? error->message : "");
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, 100);
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < arrays->len; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                                ((FoveaArray *) g_ptr_array_index (arrays, i))->name);
    return g_string_free (text, FALSE);
}

static const struct {
    const char *request, *kept;
} requests[] = {
    {"hook_embed", "hook_embed"},
    {"blocks.{0,3-5}.attn.hook_z",
     "blocks.0.attn.hook_z blocks.3.attn.hook_z blocks.4.attn.hook_z blocks.5.attn.hook_z"},
    {"blocks.2.attn.q.hook_out, blocks.2.attn.hook_q", "blocks.2.attn.hook_q"},
    {"blocks.1.{hook_attn_out,mlp.hook_pre}", "blocks.1.hook_attn_out blocks.1.mlp.hook_pre"},
    {"blocks.?.hook_mlp_out,unembed.*",
     "blocks.0.hook_mlp_out blocks.1.hook_mlp_out blocks.2.hook_mlp_out blocks.3.hook_mlp_out "
     "blocks.4.hook_mlp_out blocks.5.hook_mlp_out unembed.hook_in unembed.hook_out"},
    {"blocks.5.attn.hook_z[7]", "blocks.5.attn.hook_z[7]"},
    {"blocks.5.attn.hook_z[0-3,7]@10:20", "blocks.5.attn.hook_z[0-3,7]@10:20"},
    {"blocks.0.hook_resid_post@-64:", "blocks.0.hook_resid_post@36:100"},
    {"hook_embed@:-90,hook_embed@5,hook_embed@-1",
     "hook_embed@0:10 hook_embed@5:6 hook_embed@99:100"},
    {"ln_final.hook_in", "blocks.5.hook_resid_post"},
    {"blocks.5.attn.hook_z[3,3,1,0-2]", "blocks.5.attn.hook_z[3,3,1,0-2]"},
    {"hook_embed@-200:5,hook_embed@95:400", "hook_embed@0:5 hook_embed@95:100"},
    {"hook_embed@3:-3", "hook_embed@3:97"},
    {"blocks.{0,5}.{hook_attn_out,hook_mlp_out}",
     "blocks.0.hook_attn_out blocks.0.hook_mlp_out blocks.5.hook_attn_out blocks.5.hook_mlp_out"},
    /* Follows from the other two. */
    {"blocks.3.hook_resid_pre,blocks.3.hook_attn_out,blocks.3.hook_resid_mid",
     "blocks.3.hook_resid_pre blocks.3.hook_attn_out"},
    {"blocks.3.hook_resid_post,blocks.4.hook_resid_pre", "blocks.4.hook_resid_pre"},
    /* Optional points: as the stream that they repeat, and only where they are spelled out. */
    {"blocks.3.hook_attn_in", "blocks.3.hook_resid_pre"},
    {"blocks.3.hook_{q,k,v}_input,blocks.3.hook_mlp_in",
     "blocks.3.hook_resid_pre blocks.3.hook_resid_mid"},
    {"blocks.{2,3}.attn.hook_result,blocks.2.hook_attn_out",
     "blocks.2.attn.hook_result blocks.2.hook_attn_out blocks.3.attn.hook_result"},
    {"blocks.3.hook_a*", "blocks.3.hook_attn_out"},
    {"blocks.2.hook_k_input[1,3]@0:5", "blocks.2.hook_k_input[1,3]@0:5"},
    {"blocks.3.hook_resid_mid,blocks.3.hook_attn_out",
     "blocks.3.hook_attn_out blocks.3.hook_resid_mid"},
};

START_TEST (requests_keep_what_they_name)
{
    g_autofree char *kept = kept_by (requests[_i].request, FOVEA_F32, FALSE);
    ck_assert_str_eq (kept, requests[_i].kept);
}
END_TEST

START_TEST (a_pattern_is_kept_factored_unless_dense)
{
    g_autofree char *factored = kept_by ("blocks.2.attn.hook_pattern", FOVEA_F32, FALSE);
    g_autofree char *dense = kept_by ("blocks.2.attn.hook_pattern", FOVEA_F32, TRUE);
    ck_assert_ptr_nonnull (strstr (factored, "blocks.2.attn.hook_rot_q"));
    ck_assert_ptr_nonnull (strstr (factored, "blocks.2.attn.hook_lse"));
    ck_assert_ptr_null (strstr (factored, "hook_pattern"));
    ck_assert_ptr_null (strstr (factored, "blocks.1."));
    ck_assert_ptr_nonnull (strstr (dense, "blocks.2.attn.hook_pattern"));
    ck_assert_ptr_nonnull (strstr (dense, "blocks.2.attn.hook_rot_k"));
}
END_TEST

/* A GPU multiplies rounded queries and keys: kept in that type they are exact, and turned ones do not
 * follow from those before the turn. */
START_TEST (rounded_queries_and_keys_are_kept_as_they_entered_the_product)
{
    const FoveaArchitecture llama = llama_like ();
    const FoveaPlanOptions options = {.points = "blocks.2.attn.*", .attend = FOVEA_BF16};
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPlan) plan = fovea_plan_new (&llama, &options, &error);
    ck_assert_ptr_nonnull (plan);
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, 100);
    int n_turned = 0;
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        bool turned = strstr (array->name, "hook_rot_") != NULL;
        n_turned += turned;
        ck_assert_msg (array->dtype == (turned ? FOVEA_BF16 : FOVEA_F32) ||
                           strstr (array->name, "argmax") != NULL ||
                           strstr (array->name, "column_mass") != NULL,
                       "%s is kept as %s", array->name, fovea_dtype_name (array->dtype));
    }
    ck_assert_int_eq (n_turned, 2);
}
END_TEST

START_TEST (narrow_types_store_what_arithmetic_would_derive)
{
    const char *request = "blocks.3.hook_resid_pre,blocks.3.hook_attn_out,blocks.3.hook_resid_mid,"
                          "blocks.2.hook_resid_post";
    g_autofree char *kept = kept_by (request, FOVEA_BF16, FALSE);
    ck_assert_str_eq (kept, "blocks.3.hook_resid_pre blocks.3.hook_attn_out "
                            "blocks.3.hook_resid_mid");
}
END_TEST

static const struct {
    const char *request;
    FoveaError code;
    const char *message;
} bad_requests[] = {
    {"blocks.0.attn.hook_paterns", FOVEA_ERROR_NOT_FOUND,
     "no point matches blocks.0.attn.hook_paterns; nearest names: blocks.0.attn.hook_pattern"},
    /* A name without its layer or its beginning, or of a layer that is not there, is the same of all layers. */
    {"hook_pattern", FOVEA_ERROR_NOT_FOUND, "nearest names: blocks.*.attn.hook_pattern, "},
    {"resid_post", FOVEA_ERROR_NOT_FOUND, "nearest names: blocks.*.hook_resid_post, "},
    {"blocks.9.attn.hook_pattern", FOVEA_ERROR_NOT_FOUND,
     "nearest names: blocks.*.attn.hook_pattern, "},
    {"blocks.3.hook_pattern", FOVEA_ERROR_NOT_FOUND, "nearest names: blocks.3.attn.hook_pattern, "},
    {"blocks.{0,9}.attn.hook_z", FOVEA_ERROR_NOT_FOUND, "no point matches blocks.9.attn.hook_z"},
    {"hook_pos_embed", FOVEA_ERROR_NOT_FOUND, "no point matches hook_pos_embed"},
    {"blocks.5.attn.hook_z[12]", FOVEA_ERROR_RANGE, "12 is no part of 0 to 11"},
    {"blocks.5.attn.hook_k[4]", FOVEA_ERROR_RANGE, "4 is no part of 0 to 3"},
    {"hook_embed[1]", FOVEA_ERROR_RANGE, "hook_embed cannot be sliced by heads"},
    {"*hook_column_mass@3:", FOVEA_ERROR_RANGE, "cannot be sliced by positions"},
    {"hook_embed@a:b", FOVEA_ERROR_RANGE, "positions are FROM:TO"},
    {"blocks.{0,1.hook_z", FOVEA_ERROR_USAGE, "bracket without partner"},
    {"hook_embed]", FOVEA_ERROR_USAGE, "bracket without partner"},
    {" , ", FOVEA_ERROR_USAGE, "the list of points is empty"},
    {"blocks.{0].hook_z", FOVEA_ERROR_USAGE, "bracket without partner at character 9"},
    {"blocks.[0}.hook_z", FOVEA_ERROR_USAGE, "bracket without partner at character 9"},
    {"blocks.{0}}.hook_z", FOVEA_ERROR_USAGE, "bracket without partner at character 10"},
    {"blocks.{{0}}.hook_z", FOVEA_ERROR_USAGE, "bracket without partner at character 8"},
    {"blocks.{0[1]}.hook_z", FOVEA_ERROR_USAGE, "bracket without partner at character 9"},
    {"}{", FOVEA_ERROR_USAGE, "bracket without partner at character 0"},
    {"hook_embed,blocks.{", FOVEA_ERROR_USAGE, "bracket without partner at character 19"},
    {"blocks.0.attn.hook_z[1]x", FOVEA_ERROR_USAGE, "heads stand at the end"},
    {"blocks.0.attn.hook_z[]", FOVEA_ERROR_RANGE, "blocks.0.attn.hook_z: the brackets are empty"},
    {"blocks.0.attn.hook_z[2-1]", FOVEA_ERROR_RANGE, "2-1 is no part of 0 to 11"},
    {"blocks.0.attn.hook_z[-1]", FOVEA_ERROR_RANGE, "-1 is no part of 0 to 11"},
    {"blocks.0.attn.hook_z[1,]", FOVEA_ERROR_RANGE, " is no part of 0 to 11"},
    {"hook_embed@", FOVEA_ERROR_RANGE, "positions are FROM:TO"},
    {"hook_embed@1:2:3", FOVEA_ERROR_RANGE, "positions are FROM:TO"},
    {"hook_embed@5:5", FOVEA_ERROR_RANGE, "FROM first"},
    {"hook_embed@7:3", FOVEA_ERROR_RANGE, "FROM first"},
    {"hook_embed@-3:-7", FOVEA_ERROR_RANGE, "FROM first"},
    {"hook_embed@-5:0", FOVEA_ERROR_RANGE, "hook_embed@-5:0: positions are FROM:TO"},
    {"hook_embed@:0", FOVEA_ERROR_RANGE, "positions are FROM:TO"},
    {"hook_embed@99999999999", FOVEA_ERROR_RANGE, "positions are FROM:TO"},
    {"blocks.{0-900}.{0-900}.x", FOVEA_ERROR_USAGE, "braces give over 10000 names"},
    {"blocks.{0-4000000000}.hook_z", FOVEA_ERROR_NOT_FOUND, "blocks.0-4000000000.hook_z"},
    {"blocks.*\xfc*", FOVEA_ERROR_USAGE, "no UTF-8 at byte 8"},
    {"blocks.{}.hook_z", FOVEA_ERROR_NOT_FOUND, "no point matches blocks..hook_z"},
};

START_TEST (bad_requests_are_named)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (plan_of (bad_requests[_i].request, FOVEA_F32, FALSE, &error));
    ck_assert_msg (g_error_matches (error, FOVEA_ERROR, (int) bad_requests[_i].code), "%s",
                   error->message);
    ck_assert_msg (strstr (error->message, bad_requests[_i].message) != NULL, "%s", error->message);
}
END_TEST

START_TEST (plan_bytes_are_those_of_its_arrays)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaPlan) plan =
        plan_of ("blocks.0.attn.hook_q,blocks.0.hook_attn_out@:10", FOVEA_BF16, FALSE, &error);
    ck_assert_uint_eq (fovea_plan_get_bytes (plan, 50), 50 * 12 * 32 * 2 + 10 * 384 * 2);
    ck_assert_uint_eq (fovea_plan_get_bytes (plan, 5), 5 * 12 * 32 * 2 + 5 * 384 * 2);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("points");
    TCase *names = tcase_create ("names");
    TCase *plans = tcase_create ("plans");
    tcase_add_test (names, aliases_are_those_of_the_bridge);
    tcase_add_test (names, points_have_the_shapes_that_transformerlens_records);
    tcase_add_test (names, pyramid_levels_end_with_one_cell);
    tcase_add_loop_test (plans, requests_keep_what_they_name, 0, G_N_ELEMENTS (requests));
    tcase_add_test (plans, a_pattern_is_kept_factored_unless_dense);
    tcase_add_test (plans, rounded_queries_and_keys_are_kept_as_they_entered_the_product);
    tcase_add_test (plans, narrow_types_store_what_arithmetic_would_derive);
    tcase_add_loop_test (plans, bad_requests_are_named, 0, G_N_ELEMENTS (bad_requests));
    tcase_add_test (plans, plan_bytes_are_those_of_its_arrays);
    suite_add_tcase (suite, names);
    suite_add_tcase (suite, plans);
    return support_run (suite);
}
