// What every endpoint of the admin API answers to what.

enum ControlAPITable {
    /// Method, path below `/admin/v1/`, body, status and body of the answer; run in order on one control plane. `*` at the
    /// end of an expectation stands for the rest.
    static let rows: [(String, String, String, String)] = [
        (
            "GET", "info", "",
            #"200 {"tokenhub":"admin","vault_locked":true,"vault_initialized":false,"vault_enabled":true}"#
        ),
        ("POST", "info", "", #"405 {"error":"method not allowed"}"#),
        ("GET", "nothing", "", #"404 {"error":"no such endpoint"}"#),
        ("GET", "vault", "", #"404 {"error":"no such endpoint"}"#),
        ("GET", "apikeys/x/y/z", "", #"404 {"error":"no such endpoint"}"#),
        // Vault.
        ("GET", "vault/secrets", "", #"503 {"error":"vault is locked"}"#),
        ("POST", "vault/unlock", #"{"admin_password":"short"}"#, #"401 {"error":"unlock failed"}"#),
        ("POST", "vault/unlock", "{}", #"401 {"error":"unlock failed"}"#),
        ("POST", "vault/unlock", #"{"admin_password":7}"#, #"400 {"error":"admin_password must be a string"}"#),
        ("POST", "vault/unlock", #"{"admin_password":"correct horse"}"#, #"200 {"ok":true}"#),
        ("POST", "vault/unlock", #"{"admin_password":"wrong horse"}"#, #"401 {"error":"unlock failed"}"#),
        ("GET", "vault/secrets", "", #"200 {"secrets":[]}"#),
        ("PUT", "vault/secrets/a", "{}", #"400 {"error":"value required"}"#),
        ("PUT", "vault/secrets/a", #"{"value":"s\n\"1\""}"#, #"200 {"ok":true,"key":"a"}"#),
        ("PUT", "vault/secrets/b/c%2Fd", #"{"value":"2"}"#, #"200 {"ok":true,"key":"b/c/d"}"#),
        ("GET", "vault/secrets/a", "", #"200 {"key":"a","value":"s\n\"1\""}"#),
        ("GET", "vault/secrets/secret:a", "", #"200 {"key":"secret:a","value":"s\n\"1\""}"#),
        ("GET", "vault/secrets", "", #"200 {"secrets":["secret:a","secret:b/c/d"]}"#),
        ("GET", "vault/secrets/x", "", #"404 {"error":"secret not found"}"#),
        ("DELETE", "vault/secrets/x", "", #"404 {"error":"secret not found"}"#),
        ("DELETE", "vault/secrets/b/c/d", "", #"200 {"ok":true,"key":"b/c/d"}"#),
        ("POST", "vault/rotate", "{}", #"400 {"error":"old_password and new_password required"}"#),
        (
            "POST", "vault/rotate", #"{"old_password":"wrong horse","new_password":"another horse"}"#,
            #"401 {"error":"rotation failed: old password does not match"}"#
        ),
        (
            "POST", "vault/rotate", #"{"old_password":"correct horse","new_password":"short"}"#,
            #"400 {"error":"rotation failed: the password needs at least 8 bytes"}"#
        ),
        (
            "POST", "vault/rotate", #"{"old_password":"correct horse","new_password":"another horse"}"#,
            #"200 {"ok":true}"#
        ),
        ("POST", "vault/lock", "", #"200 {"ok":true}"#),
        ("POST", "vault/lock", "", #"200 {"ok":true,"already_locked":true}"#),
        ("POST", "vault/unlock", #"{"admin_password":"another horse"}"#, #"200 {"ok":true}"#),
        // Providers.
        ("GET", "providers", "", #"200 {"items":[],"total":0,"limit":1000,"offset":0}"#),
        ("POST", "providers", "", #"400 {"error":"provider id required"}"#),
        ("POST", "providers", "[]", #"400 {"error":"bad json: the text is not an object at byte 0"}"#),
        ("POST", "providers", #"{"id":"p","#, #"400 {"error":"bad json: the text ends inside a value at byte 10"}"#),
        ("POST", "providers", #"{"id":5}"#, #"400 {"error":"id must be a string"}"#),
        ("POST", "providers", #"{"id":"a b"}"#, #"400 {"error":"provider id may only have visible ASCII characters"}"#),
        (
            "POST", "providers", #"{"id":"p","type":"bard"}"#,
            #"400 {"error":"unknown provider type 'bard'; known are openai, anthropic, vllm, sim, openai-compatible, azure, openrouter, together, groq, mistral, deepseek, gemini, ollama"}"#
        ),
        ("POST", "providers", #"{"id":"p","type":"vllm"}"#, #"400 {"error":"base_url required"}"#),
        (
            "POST", "providers", #"{"id":"p","base_url":"http://169.254.169.254"}"#,
            #"400 {"error":"base_url is a link-local or metadata address"}"#
        ),
        (
            "POST", "providers", #"{"id":"p","base_url":"gopher://x"}"#,
            #"400 {"error":"base_url must begin with http:// or https://"}"#
        ),
        (
            "POST", "providers", #"{"id":"p","api_key":"a\r\nb"}"#,
            #"400 {"error":"api_key may only have visible ASCII characters"}"#
        ),
        ("POST", "providers", #"{"id":"p","enabled":"yes"}"#, #"400 {"error":"enabled must be true or false"}"#),
        (
            "POST", "providers", #"{"id":"p","base_url":"https://p.example/v1","api_key":"sk-p","unknown":1}"#,
            #"200 {"ok":true,"cred_store":"vault"}"#
        ),
        // Posting again without the key keeps it.
        ("POST", "providers", #"{"id":"p","base_url":"https://p.example"}"#, #"200 {"ok":true,"cred_store":"vault"}"#),
        ("GET", "vault/secrets", "", #"200 {"secrets":["provider:p:api_key","secret:a"]}"#),
        (
            "PATCH", "providers/p", #"{"enabled":false}"#,
            #"200 {"ok":true,"provider":{"id":"p","type":"openai","enabled":false,"base_url":"https://p.example","cred_store":"vault","origin":"admin"}}"#
        ),
        (
            "PATCH", "providers/q", #"{"type":"vllm","base_url":"http://127.0.0.1:8000"}"#,
            #"200 {"ok":true,"provider":{"id":"q",*"#
        ),
        (
            "GET", "providers", "",
            #"200 {"items":[{"id":"p","type":"openai","enabled":false,"base_url":"https://p.example","cred_store":"vault","origin":"admin"},{"id":"q","type":"vllm","enabled":true,"base_url":"http://127.0.0.1:8000","cred_store":"none","origin":"admin"}],"total":2,"limit":1000,"offset":0}"#
        ),
        ("GET", "providers?limit=1&offset=1", "", #"200 {"items":[{"id":"q",*"#),
        ("GET", "providers?limit=0", "", #"400 {"error":"limit must be a whole number above 0"}"#),
        ("GET", "providers?offset=-1", "", #"400 {"error":"offset must be a whole number, 0 or above"}"#),
        ("PUT", "providers", "", #"405 {"error":"method not allowed"}"#),
        ("PATCH", "providers/p", #"{"enabled":true}"#, #"200 *"#),
        // Models.
        ("POST", "models", "{}", #"400 {"error":"model id required"}"#),
        ("POST", "models", #"{"id":"m"}"#, #"400 {"error":"provider_id required"}"#),
        ("POST", "models", #"{"id":"m","provider_id":"nobody"}"#, #"400 {"error":"unknown provider 'nobody'"}"#),
        ("GET", "models", "", #"200 {"items":[],"total":0,"limit":1000,"offset":0}"#),
        (
            "POST", "models", #"{"id":"m","provider_id":"p","weight":11}"#,
            #"400 {"error":"weight must be between 0 and 10"}"#
        ),
        (
            "POST", "models", #"{"id":"m","provider_id":"p","weight":1.5}"#,
            #"400 {"error":"weight must be a whole number"}"#
        ),
        (
            "POST", "models", #"{"id":"m","provider_id":"p","input_per_1k":-1}"#,
            #"400 {"error":"input_per_1k must be between 0 and 1000000000"}"#
        ),
        (
            "POST", "models", #"{"id":"m","provider_id":"p","tool_name_map":{"a":1}}"#,
            #"400 {"error":"tool_name_map must be an object of strings"}"#
        ),
        (
            "POST", "models",
            #"{"id":"m","provider_id":"p","weight":7.0,"input_per_1k":0.00015,"output_per_1k":0.0006}"#,
            #"200 {"ok":true}"#
        ),
        ("POST", "models", #"{"id":"org/n","provider_id":"q"}"#, #"200 {"ok":true}"#),
        (
            "GET", "models", "",
            #"200 {"items":[{"id":"m","provider_id":"p","weight":7,"max_context_tokens":0,"input_per_1k":0.00015,"output_per_1k":0.0006,"enabled":true,"pricing_source":"manual","tool_name_map":{},"gemma4_output":false,"origin":"admin"},{"id":"org/n","provider_id":"q","weight":5,"max_context_tokens":0,"input_per_1k":null,"output_per_1k":null,"enabled":true,"pricing_source":"manual","tool_name_map":{},"gemma4_output":false,"origin":"admin"}],"total":2,"limit":1000,"offset":0}"#
        ),
        (
            "PATCH", "models/org/n",
            #"{"weight":2,"max_context_tokens":8192,"tool_name_map":{"a":"b"},"input_per_1k":0}"#,
            #"200 {"ok":true,"model":{"id":"org/n","provider_id":"q","weight":2,"max_context_tokens":8192,"input_per_1k":0.0,"output_per_1k":0.0,"enabled":true,"pricing_source":"manual","tool_name_map":{"a":"b"},"gemma4_output":false,"origin":"admin"}}"#
        ),
        (
            "PATCH", "models/org%2Fn", #"{"tool_name_map":null,"enabled":false}"#,
            #"200 {"ok":true,"model":{"id":"org/n",*"#
        ),
        ("PATCH", "models/x", "{}", #"404 {"error":"model not found"}"#),
        ("PATCH", "models/m", #"{"provider_id":"nobody"}"#, #"400 {"error":"unknown provider 'nobody'"}"#),
        (
            "GET", "engine/models", "",
            #"200 {"models":[{"id":"m","provider_id":"p","weight":7,"max_context_tokens":0,"input_per_1k":0.00015,"output_per_1k":0.0006,"enabled":true,"routable":true},{"id":"org/n","provider_id":"q","weight":2,"max_context_tokens":8192,"input_per_1k":0.0,"output_per_1k":0.0,"enabled":false,"routable":false}],"total":2,"limit":1000,"offset":0,"adapters":["p","q"],"adapter_info":[{"id":"p","health_endpoint":"https://p.example/v1/models"},{"id":"q","health_endpoint":"http://127.0.0.1:8000/health"}]}"#
        ),
        ("DELETE", "models/org/n", "", #"200 {"ok":true}"#),
        ("DELETE", "models/org/n", "", #"200 {"ok":true}"#),
        // Aliases.
        ("GET", "aliases", "", #"200 {"items":[],"total":0,"limit":1000,"offset":0}"#),
        ("GET", "aliases/fast", "", #"404 {"error":"alias not found"}"#),
        ("PUT", "aliases/fast", "{}", #"400 {"error":"invalid alias: variants required"}"#),
        ("PUT", "aliases/fast", #"{"variants":[]}"#, #"400 {"error":"invalid alias: variants required"}"#),
        (
            "PUT", "aliases/fast", #"{"variants":[{"weight":1}]}"#,
            #"400 {"error":"invalid alias: variant model_id required"}"#
        ),
        (
            "PUT", "aliases/fast", #"{"variants":[{"model_id":"m","weight":0}]}"#,
            #"400 {"error":"invalid alias: variant weight must be above 0"}"#
        ),
        (
            "PUT", "aliases/fast", #"{"variants":[{"model_id":"fast","weight":1}]}"#,
            #"400 {"error":"invalid alias: a variant names the alias itself"}"#
        ),
        (
            "PUT", "aliases/fast", #"{"variants":[{"model_id":"m","weight":1},{"model_id":"m","weight":2}]}"#,
            #"400 {"error":"invalid alias: duplicate model_id 'm'"}"#
        ),
        (
            "PUT", "aliases/fast", #"{"variants":[{"model_id":"m","weight":1}],"sticky_by":"moon"}"#,
            #"400 {"error":"invalid alias: sticky_by must be empty, request, api_key or round_robin"}"#
        ),
        (
            "PUT", "aliases/fast", #"{"variants":[{"model_id":"m","weight":3,"x":1}],"sticky_by":"request"}"#,
            #"200 {"name":"fast","variants":[{"model_id":"m","weight":3}],"enabled":true,"sticky_by":"request","created_at":"2026-02-16T12:00:00.000Z","updated_at":"2026-02-16T12:00:00.000Z"}"#
        ),
        ("GET", "aliases", "", #"200 {"items":[{"name":"fast",*"#),
        ("DELETE", "aliases/fast", "", #"200 {"ok":true}"#),
        // Routing.
        (
            "GET", "routing-config", "",
            #"200 {"default_mode":"normal","default_max_budget_usd":0.05,"default_max_latency_ms":120000}"#
        ),
        ("PUT", "routing-config", #"{"default_mode":"best"}"#, #"400 {"error":"unknown default_mode 'best'"}"#),
        (
            "PUT", "routing-config", #"{"default_max_budget_usd":101}"#,
            #"400 {"error":"default_max_budget_usd must be between 0 and 100"}"#
        ),
        (
            "PUT", "routing-config", #"{"default_max_latency_ms":300001}"#,
            #"400 {"error":"default_max_latency_ms must be between 0 and 300000"}"#
        ),
        (
            "PUT", "routing-config", #"{"default_mode":"cheap","default_max_budget_usd":0.25}"#,
            #"200 {"ok":true,"default_mode":"cheap","default_max_budget_usd":0.25,"default_max_latency_ms":120000}"#
        ),
        // What is shown of the running gateway.
        ("GET", "rewards", "", #"200 {"rewards":[]}"#),
        ("GET", "logs", "", #"200 {"logs":[]}"#),
        ("GET", "workflows", "", #"200 {"workflows":[],"temporal_enabled":false}"#),
        ("GET", "stats", "", #"200 {"global":[],"by_model":{},"by_provider":{},"by_api_key":{},"by_mode":{}}"#),
        (
            "GET", "health", "",
            #"200 {"providers":[{"provider_id":"p","state":"healthy","total_requests":0,"total_errors":0,"consec_errors":0,"avg_latency_ms":0.0,"last_error_time":"0001-01-01T00:00:00Z","last_success_at":"0001-01-01T00:00:00Z","cooldown_until":"0001-01-01T00:00:00Z"},*"#
        ),
        ("POST", "reload", "", #"200 {"ok":true,"providers":2,"models":1,"notices":[]}"#),
        ("DELETE", "providers/p", "", #"200 {"ok":true}"#),
        ("DELETE", "providers/p", "", #"200 {"ok":true}"#),
        ("GET", "models", "", #"200 {"items":[],"total":0,"limit":1000,"offset":0}"#),
        ("GET", "vault/secrets", "", #"200 {"secrets":["secret:a"]}"#),
    ]
}
