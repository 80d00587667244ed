/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The schema. Entry n of the list brings a store from version n to n + 1; creating a store runs all
 * of them. Entries are never edited once released, only appended. SQLite keeps the comments inside
 * the statements: `.schema` of a store explains it.
 *
 * No constraint calls a function: connections do not trust functions that a schema names, since a
 * file may come from anywhere.
 *
 * Keys are made for merging: everything hangs below a run, a run is known by its store of origin
 * and position there, a model by name, hash and description. */
#include "storage/schema.h"

/* 1: what was captured. */
static const char captures[] =
    "CREATE TABLE store (\n"
    "    -- One row: the file itself.\n"
    "    id INTEGER PRIMARY KEY CHECK (id = 1),\n"
    "    uuid TEXT NOT NULL, -- identity of this file, made at creation\n"
    "    created TEXT NOT NULL, -- ISO 8601, UTC\n"
    "    version TEXT NOT NULL -- Fovea that made it\n"
    ") STRICT;\n"
    "CREATE TABLE model (\n"
    "    -- Models that runs were made with.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    name TEXT NOT NULL,\n"
    "    hash TEXT NOT NULL, -- of the weights, hex; empty = unknown\n"
    "    family TEXT NOT NULL, -- model_type of its configuration\n"
    "    n_layers INTEGER NOT NULL CHECK (n_layers >= 0), -- L\n"
    "    n_heads INTEGER NOT NULL CHECK (n_heads >= 0), -- H, query heads\n"
    "    n_kv_heads INTEGER NOT NULL CHECK (n_kv_heads >= 0), -- G\n"
    "    head_width INTEGER NOT NULL CHECK (head_width >= 0), -- D, elements\n"
    "    width INTEGER NOT NULL CHECK (width >= 0), -- C, elements of the residual stream\n"
    "    mlp_width INTEGER NOT NULL CHECK (mlp_width >= 0), -- elements\n"
    "    vocabulary INTEGER NOT NULL CHECK (vocabulary >= 0), -- V, tokens\n"
    "    context INTEGER NOT NULL CHECK (context >= 0), -- longest input, tokens\n"
    "    n_parameters INTEGER NOT NULL CHECK (n_parameters >= 0), -- weights\n"
    "    weight_dtype TEXT NOT NULL, -- of most weights as stored: F32, BF16, F16\n"
    "    description TEXT NOT NULL, -- JSON, all of the above and\n"
    "        -- every other fact that the forward pass depends on\n"
    "    UNIQUE (name, hash, description)\n"
    ") STRICT;\n"
    "CREATE TABLE run (\n"
    "    -- One capture command.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    origin TEXT NOT NULL, -- uuid of the store that it was captured into\n"
    "    model_id INTEGER REFERENCES model (id), -- NULL until the first sequence is complete\n"
    "    kind TEXT NOT NULL CHECK (kind IN ('text', 'random-repeat', 'ids', 'import')),\n"
    "    options TEXT NOT NULL, -- JSON, every option\n"
    "    device TEXT NOT NULL,\n"
    "    precision TEXT NOT NULL, -- of products: f32, bf16, f16\n"
    "    version TEXT NOT NULL, -- Fovea that ran it\n"
    "    created TEXT NOT NULL, -- ISO 8601, UTC\n"
    "    finished TEXT -- ISO 8601, UTC; NULL = unfinished, may be resumed\n"
    ") STRICT;\n"
    "CREATE TABLE sequence (\n"
    "    -- One tokenised input of a run.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,\n"
    "    position INTEGER NOT NULL CHECK (position >= 0), -- within the run, 0-based\n"
    "    title TEXT NOT NULL, -- file name and part, or what it is\n"
    "    n_tokens INTEGER NOT NULL CHECK (n_tokens >= 0), -- T\n"
    "    repeat_period INTEGER NOT NULL, -- tokens, P of [bos] + r + r; 0 = no repeat\n"
    "    keep TEXT NOT NULL CHECK (keep IN ('F32', 'F16', 'BF16')), -- type of activations\n"
    "    folded INTEGER NOT NULL CHECK (folded IN (0, 1)), -- norm gains folded into weights\n"
    "    n_bytes INTEGER NOT NULL, -- bytes of its chunks\n"
    "    complete INTEGER NOT NULL CHECK (complete IN (0, 1)), -- 0 = being written, or left by a\n"
    "        -- killed writer: to be ignored\n"
    "    UNIQUE (run_id, position)\n"
    ") STRICT;\n"
    "CREATE TABLE token (\n"
    "    -- Tokens of a sequence.\n"
    "    sequence_id INTEGER NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,\n"
    "    position INTEGER NOT NULL CHECK (position >= 0), -- 0-based\n"
    "    id INTEGER, -- in the vocabulary; NULL = unknown\n"
    "    text ANY, -- its bytes: TEXT, or BLOB where they are not UTF-8; NULL = unknown\n"
    "    special INTEGER CHECK (special IN (0, 1)), -- 1 = begin, end and the like\n"
    "    PRIMARY KEY (sequence_id, position)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE array (\n"
    "    -- What was kept of a sequence. A row of an array is an index over its first row_axes\n"
    "    -- axes, flattened, and holds all the rest.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    sequence_id INTEGER NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,\n"
    "    position INTEGER NOT NULL CHECK (position >= 0), -- order within the sequence, 0-based\n"
    "    name TEXT NOT NULL, -- point name, as in TransformerLens\n"
    "    dtype TEXT NOT NULL CHECK (dtype IN ('F32', 'F16', 'BF16', 'I32')),\n"
    "    shape TEXT NOT NULL, -- JSON list of elements per axis\n"
    "    row_axes INTEGER NOT NULL CHECK (row_axes IN (1, 2)),\n"
    "    UNIQUE (sequence_id, position)\n"
    ") STRICT;\n"
    "CREATE TABLE chunk (\n"
    "    -- Pieces of arrays, about 1 MiB each.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    array_id INTEGER NOT NULL REFERENCES array (id) ON DELETE CASCADE,\n"
    "    first_row INTEGER NOT NULL CHECK (first_row >= 0), -- row of the array\n"
    "    n_rows INTEGER NOT NULL CHECK (n_rows > 0), -- rows\n"
    "    checksum INTEGER NOT NULL, -- CRC-32 of data, as in zlib\n"
    "    data BLOB NOT NULL -- rows one after another, elements of the array's dtype, "
    "little-endian\n"
    ") STRICT;\n"
    "CREATE UNIQUE INDEX chunk_rows ON chunk (array_id, first_row, n_rows);\n"
    "CREATE VIEW runs AS\n"
    "    -- Every run with its model and what is complete of it.\n"
    "    SELECT run.id AS run, kind, model.name AS model, device, precision, created, finished,\n"
    "        count (sequence.id) AS sequences, total (n_tokens) AS tokens, total (n_bytes) AS "
    "bytes\n"
    "    FROM run LEFT JOIN model ON model.id = model_id\n"
    "        LEFT JOIN sequence ON run_id = run.id AND complete\n"
    "    GROUP BY run.id;\n"
    "CREATE VIEW sequences AS\n"
    "    -- Every complete sequence.\n"
    "    SELECT sequence.id AS sequence, run_id AS run, sequence.position, model.name AS model,\n"
    "        title, n_tokens AS tokens, repeat_period, n_bytes AS bytes\n"
    "    FROM sequence JOIN run ON run.id = run_id LEFT JOIN model ON model.id = model_id\n"
    "    WHERE complete;\n"
    "CREATE VIEW arrays AS\n"
    "    -- Every array of complete sequences.\n"
    "    SELECT sequence_id AS sequence, title, name, dtype, shape\n"
    "    FROM array JOIN sequence ON sequence.id = sequence_id WHERE complete;\n";

/* 2: what analyses found. */
static const char results[] =
    "CREATE TABLE result (\n"
    "    -- Tables of results, cell by cell.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    run_id INTEGER REFERENCES run (id) ON DELETE CASCADE, -- NULL = about the whole store\n"
    "    name TEXT NOT NULL, -- heads, check ...\n"
    "    notes TEXT NOT NULL, -- JSON, provenance: seed, methods ...\n"
    "    n_rows INTEGER NOT NULL CHECK (n_rows >= 0), -- rows\n"
    "    version TEXT NOT NULL, -- Fovea that computed it\n"
    "    created TEXT NOT NULL -- ISO 8601, UTC\n"
    ") STRICT;\n"
    "CREATE INDEX result_name ON result (name, run_id);\n"
    "CREATE TABLE result_column (\n"
    "    -- Columns of a table of results.\n"
    "    result_id INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,\n"
    "    position INTEGER NOT NULL CHECK (position >= 0), -- 0-based\n"
    "    name TEXT NOT NULL,\n"
    "    kind TEXT NOT NULL CHECK (kind IN ('integer', 'number', 'text')),\n"
    "    unit TEXT NOT NULL, -- nats, tokens, share ...; empty = none\n"
    "    description TEXT NOT NULL, -- one line\n"
    "    PRIMARY KEY (result_id, position)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE result_cell (\n"
    "    -- Values of a table of results, in the unit of their column.\n"
    "    result_id INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,\n"
    "    line INTEGER NOT NULL CHECK (line >= 0), -- row of the table, 0-based\n"
    "    position INTEGER NOT NULL CHECK (position >= 0), -- column, 0-based\n"
    "    value ANY, -- NULL = not available\n"
    "    PRIMARY KEY (result_id, line, position)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE head_score (\n"
    "    -- Scores of heads: the number columns of tables called heads.\n"
    "    result_id INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,\n"
    "    layer INTEGER NOT NULL, -- 0-based\n"
    "    head INTEGER NOT NULL, -- 0-based\n"
    "    score TEXT NOT NULL, -- entropy, induction ...\n"
    "    value REAL, -- in unit; NULL = not available\n"
    "    standard_error REAL, -- of value, over sequences; NULL = not available\n"
    "    unit TEXT NOT NULL, -- nats, tokens, share ...\n"
    "    PRIMARY KEY (result_id, layer, head, score)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX head_score_value ON head_score (score, value);\n"
    "CREATE VIEW heads AS\n"
    "    -- Heads with their best known scores; head_score has all of them.\n"
    "    SELECT run_id AS run, result.id AS result, layer, head, layer || '.' || head AS name,\n"
    "        max (value) FILTER (WHERE score = 'induction') AS induction,\n"
    "        max (value) FILTER (WHERE score = 'previous') AS previous,\n"
    "        max (value) FILTER (WHERE score = 'duplicate') AS duplicate,\n"
    "        max (value) FILTER (WHERE score = 'first_token') AS first_token,\n"
    "        max (value) FILTER (WHERE score = 'entropy') AS entropy,\n"
    "        max (value) FILTER (WHERE score = 'mean_distance') AS mean_distance\n"
    "    FROM head_score JOIN result ON result.id = result_id\n"
    "    GROUP BY result.id, layer, head;\n";

/* 3: what people wrote. */
static const char notes[] =
    "CREATE TABLE note (\n"
    "    -- Notes on a sequence, a head or a cell of its map; -1 = any.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    sequence_id INTEGER NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,\n"
    "    layer INTEGER NOT NULL CHECK (layer >= -1), -- 0-based\n"
    "    head INTEGER NOT NULL CHECK (head >= -1), -- 0-based\n"
    "    query INTEGER NOT NULL CHECK (query >= -1), -- position, 0-based\n"
    "    key INTEGER NOT NULL CHECK (key >= -1), -- position, 0-based\n"
    "    text TEXT NOT NULL,\n"
    "    changed TEXT NOT NULL, -- ISO 8601, UTC\n"
    "    UNIQUE (sequence_id, layer, head, query, key)\n"
    ") STRICT;\n"
    "CREATE VIEW notes AS\n"
    "    -- Every note with what it is about.\n"
    "    SELECT sequence_id AS sequence, title, layer, head, query, key, text, changed\n"
    "    FROM note JOIN sequence ON sequence.id = sequence_id;\n";

/* 4: what sparse attention would keep. */
static const char curves[] =
    "CREATE TABLE curve_point (\n"
    "    -- Points of curves of recall over density: the rows of tables called recall.\n"
    "    result_id INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,\n"
    "    line INTEGER NOT NULL CHECK (line >= 0), -- row of the table, 0-based\n"
    "    layer INTEGER NOT NULL, -- 0-based; -1 = mean over layers\n"
    "    head INTEGER NOT NULL, -- 0-based; -1 = mean over heads\n"
    "    method TEXT NOT NULL, -- streaming, oracle-token ...\n"
    "    series TEXT NOT NULL CHECK (series IN ('executed', 'selected')), -- what a kernel\n"
    "        -- computes, or what the method had chosen\n"
    "    knob TEXT NOT NULL, -- what is swept\n"
    "    value REAL, -- of the knob\n"
    "    density REAL, -- share of allowed cells that are computed; NULL = does not apply\n"
    "    block_density REAL, -- share of a kernel's tiles that are visited\n"
    "    recall REAL, -- share of the attention mass that is kept, mean over queries\n"
    "    recall_from REAL, -- 95 % interval over sequences; NULL with one\n"
    "    recall_to REAL, -- its upper end\n"
    "    late_recall REAL, -- share, over the second half of the queries\n"
    "    low_recall REAL, -- share, 5th percentile over queries\n"
    "    least_recall REAL, -- share, of any query\n"
    "    value_recall REAL, -- share of mass times length of the value\n"
    "    error REAL, -- |O - O~| / |O|, over all queries\n"
    "    oracle_recall REAL, -- share, of the heaviest keys, as many a query\n"
    "    n_sequences INTEGER NOT NULL CHECK (n_sequences >= 0), -- behind the point\n"
    "    PRIMARY KEY (result_id, line)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX curve_point_head ON curve_point (layer, head, method);\n"
    "CREATE VIEW curves AS\n"
    "    -- Every point of every curve; object is model, a layer or a head.\n"
    "    SELECT run_id AS run, result.id AS result,\n"
    "        CASE WHEN layer < 0 THEN 'model' WHEN head < 0 THEN 'layer ' || layer\n"
    "            ELSE layer || '.' || head END AS object,\n"
    "        method, series, knob, value, density, recall, recall_from, recall_to, error,\n"
    "        oracle_recall\n"
    "    FROM curve_point JOIN result ON result.id = result_id\n"
    "    ORDER BY result.id, line;\n";

/* 5: descriptions list every id that ends a text; of older ones the first is known. Written as
 * model-row.c writes it, so that a model is still found by its description. */
static const char eos_ids[] =
    "UPDATE model SET description = json_set (description, '$.eos_ids',\n"
    "    CASE WHEN json_extract (description, '$.eos_id') >= 0\n"
    "        THEN json_array (json_extract (description, '$.eos_id')) ELSE json_array () END)\n"
    "    WHERE json_valid (description) AND json_type (description) = 'object';\n";

/* 6: codes of sparse autoencoders, once by sequence and once by latent. */
static const char codes[] =
    "CREATE TABLE dictionary (\n"
    "    -- Sparse autoencoders whose codes are kept.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    hash TEXT NOT NULL UNIQUE, -- SHA-256 of its settings and numbers, hex\n"
    "    name TEXT NOT NULL, -- of its folder\n"
    "    site TEXT NOT NULL, -- point that it reads, as in TransformerLens\n"
    "    architecture TEXT NOT NULL, -- topk, abstopk ...\n"
    "    n_latents INTEGER NOT NULL CHECK (n_latents > 0), -- F\n"
    "    n_tokens INTEGER NOT NULL CHECK (n_tokens >= 0), -- rows that were encoded\n"
    "    n_codes INTEGER NOT NULL CHECK (n_codes >= 0), -- codes other than 0\n"
    "    created TEXT NOT NULL -- ISO 8601, UTC\n"
    ") STRICT;\n"
    "CREATE TABLE code_rows (\n"
    "    -- Codes of a sequence as compressed sparse rows.\n"
    "    dictionary_id INTEGER NOT NULL REFERENCES dictionary (id) ON DELETE CASCADE,\n"
    "    sequence_id INTEGER NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,\n"
    "    n_rows INTEGER NOT NULL CHECK (n_rows >= 0), -- tokens that were encoded\n"
    "    n_codes INTEGER NOT NULL CHECK (n_codes >= 0), -- codes other than 0\n"
    "    checksum INTEGER NOT NULL, -- CRC-32 of data, as in zlib\n"
    "    data BLOB NOT NULL, -- int64 offset of each row and the end, int64 position of each row,\n"
    "        -- int32 latent and then float32 value of each code; little-endian\n"
    "    UNIQUE (dictionary_id, sequence_id)\n"
    ") STRICT;\n"
    "CREATE TABLE firing (\n"
    "    -- Where each latent fires: the same codes by latent.\n"
    "    dictionary_id INTEGER NOT NULL REFERENCES dictionary (id) ON DELETE CASCADE,\n"
    "    latent INTEGER NOT NULL CHECK (latent >= 0), -- 0-based\n"
    "    part INTEGER NOT NULL CHECK (part >= 0), -- in the order of sequences, 0-based\n"
    "    n_codes INTEGER NOT NULL CHECK (n_codes > 0), -- in this part\n"
    "    least REAL NOT NULL, -- most negative code, in the latent's own unit\n"
    "    most REAL NOT NULL, -- largest code\n"
    "    checksum INTEGER NOT NULL, -- CRC-32 of data, as in zlib\n"
    "    data BLOB NOT NULL, -- int64 sequence, int32 position, float32 value of each code;\n"
    "        -- little-endian\n"
    "    UNIQUE (dictionary_id, latent, part)\n"
    ") STRICT;\n"
    "CREATE VIEW latents AS\n"
    "    -- Every latent that fires, with how often and how strongly.\n"
    "    SELECT dictionary.name AS dictionary, latent, sum (firing.n_codes) AS tokens,\n"
    "        1.0 * sum (firing.n_codes) / max (n_tokens, 1) AS density, min (least) AS least,\n"
    "        max (most) AS most\n"
    "    FROM firing JOIN dictionary ON dictionary.id = dictionary_id\n"
    "    GROUP BY dictionary.id, latent;\n";

/* 7: ids that were given. AUTOINCREMENT would say the same, but only in a table made anew, and when
 * array is dropped its chunks go with it. */
static const char last_ids[] =
    "CREATE TABLE last_id (\n"
    "    -- Highest ids that complete sequences and their arrays ever had. None is given again: "
    "whoever\n"
    "    -- opened a sequence that was removed would read another one.\n"
    "    name TEXT PRIMARY KEY CHECK (name IN ('sequence', 'array')),\n"
    "    id INTEGER NOT NULL -- 0 = none yet\n"
    ") STRICT, WITHOUT ROWID;\n"
    "INSERT INTO last_id (name, id)\n"
    "    SELECT 'sequence', coalesce (max (id), 0) FROM sequence WHERE complete;\n"
    "INSERT INTO last_id (name, id)\n"
    "    SELECT 'array', coalesce (max (array.id), 0) FROM array\n"
    "        JOIN sequence ON sequence.id = sequence_id WHERE complete;\n";

/* 8: curves of the beginnings of texts. */
static const char beginnings[] =
    "ALTER TABLE curve_point ADD COLUMN\n"
    "    first_tokens INTEGER NOT NULL DEFAULT 0 -- of each longer text that the point is of;\n"
    "        -- 0 = all\n"
    "        CHECK (first_tokens >= 0);\n"
    "DROP VIEW curves;\n"
    "CREATE VIEW curves AS\n"
    "    -- Every point of every curve; object is model, a layer or a head.\n"
    "    SELECT run_id AS run, result.id AS result,\n"
    "        CASE WHEN layer < 0 THEN 'model' WHEN head < 0 THEN 'layer ' || layer\n"
    "            ELSE layer || '.' || head END AS object,\n"
    "        method, series, knob, value, density, recall, recall_from, recall_to, error,\n"
    "        oracle_recall, first_tokens\n"
    "    FROM curve_point JOIN result ON result.id = result_id\n"
    "    ORDER BY result.id, line;\n";

/* 9: encodings that go on where they stopped, and how many sequences a run is to have. */
static const char goings_on[] =
    "ALTER TABLE run ADD COLUMN\n"
    "    n_planned INTEGER -- sequences that were asked for; NULL = not known\n"
    "        CHECK (n_planned > 0);\n"
    "ALTER TABLE dictionary ADD COLUMN\n"
    "    options TEXT -- JSON: what codes depend on beside the dictionary; empty = not known.\n"
    "        -- The hash ends in + until every sequence has its codes\n"
    "        NOT NULL DEFAULT '';\n"
    "DROP VIEW runs;\n"
    "CREATE VIEW runs AS\n"
    "    -- Every run with its model, how many sequences it is to have and what is complete of "
    "it.\n"
    "    SELECT run.id AS run, kind, model.name AS model, device, precision, created, finished,\n"
    "        n_planned AS planned, count (sequence.id) AS sequences, total (n_tokens) AS tokens,\n"
    "        total (n_bytes) AS bytes\n"
    "    FROM run LEFT JOIN model ON model.id = model_id\n"
    "        LEFT JOIN sequence ON run_id = run.id AND complete\n"
    "    GROUP BY run.id;\n"
    "CREATE VIEW encodings AS\n"
    "    -- Every sparse autoencoder with the number of sequences that have codes, of how many; "
    "one\n"
    "    -- that is not finished goes on there, and nothing reads its codes before.\n"
    "    SELECT dictionary.id AS encoding, name, site,\n"
    "        (SELECT count (*) FROM code_rows WHERE dictionary_id = dictionary.id) AS sequences,\n"
    "        (SELECT count (*) FROM sequence WHERE complete) AS in_store,\n"
    "        hash NOT LIKE '%+' AS finished\n"
    "    FROM dictionary;\n"
    "DROP VIEW latents;\n"
    "CREATE VIEW latents AS\n"
    "    -- Every latent that fires, with how often and how strongly.\n"
    "    SELECT dictionary.name AS dictionary, latent, sum (firing.n_codes) AS tokens,\n"
    "        1.0 * sum (firing.n_codes) / max (n_tokens, 1) AS density, min (least) AS least,\n"
    "        max (most) AS most\n"
    "    FROM firing JOIN dictionary ON dictionary.id = dictionary_id\n"
    "    WHERE hash NOT LIKE '%+'\n"
    "    GROUP BY dictionary.id, latent;\n";

/* 10: measurements that go on where they stopped. */
static const char pieces[] =
    "CREATE TABLE measurement (\n"
    "    -- Measurements that were stopped, or whose result is not kept yet; others leave nothing "
    "here.\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    kind TEXT NOT NULL, -- heads, recall\n"
    "    options TEXT NOT NULL, -- JSON, all that the numbers depend on\n"
    "    created TEXT NOT NULL, -- ISO 8601, UTC\n"
    "    complete INTEGER NOT NULL CHECK (complete IN (0, 1)), -- 1 = only the result is to be "
    "kept\n"
    "    UNIQUE (kind, options)\n"
    ") STRICT;\n"
    "CREATE TABLE piece (\n"
    "    -- What they had done: a layer of a sequence.\n"
    "    measurement_id INTEGER NOT NULL REFERENCES measurement (id) ON DELETE CASCADE,\n"
    "    sequence_id INTEGER NOT NULL REFERENCES sequence (id) ON DELETE CASCADE,\n"
    "    layer INTEGER NOT NULL CHECK (layer >= 0), -- 0-based\n"
    "    checksum INTEGER NOT NULL, -- CRC-32 of data, as in zlib\n"
    "    data BLOB NOT NULL, -- as the program had it in memory\n"
    "    UNIQUE (measurement_id, sequence_id, layer)\n"
    ") STRICT;\n"
    "CREATE INDEX piece_sequence ON piece (sequence_id);\n";

static const char *const migrations[] = {captures, results,  notes,      curves,    eos_ids,
                                         codes,    last_ids, beginnings, goings_on, pieces};

int
fovea_schema_latest (void)
{
    return G_N_ELEMENTS (migrations);
}

gboolean
fovea_schema_migrate (FoveaDatabase *database, int to, GError **error)
{
    g_assert (to <= fovea_schema_latest ());
    gint64 from = 0;
    if (!fovea_database_begin (database, error))
        return FALSE;
    /* Looked at under the lock: another program may have migrated just now. */
    gboolean ok = fovea_database_get_integer (database, 0, &from, error, "PRAGMA user_version", "");
    for (int version = (int) from; ok && version < to; version++)
        ok = fovea_database_exec (database, migrations[version], error);
    if (ok && from < to) {
        g_autofree char *mark = g_strdup_printf (
            "PRAGMA application_id = %d; PRAGMA user_version = %d", FOVEA_STORE_APPLICATION_ID, to);
        ok = fovea_database_exec (database, mark, error);
    }
    return fovea_database_end (database, ok, error);
}
