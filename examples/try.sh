#!/usr/bin/env bash
# Connects one of the example apps to a running `mercer up`, buys something it serves, and shows the buyer's account.
#   examples/try.sh python|node|java|rust [data folder of mercer up]
# Needs curl and jq. The connector is removed again at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
language=${1:?python, node, java or rust}
data=${2:-mercer-data}
port=${PORT:-8080}
product=monitor-basic-month

store=$(jq -r .store.url "$data/connection.json") store_token=$(jq -r .store.token "$data/connection.json")
gateway=$(jq -r .gateway.url "$data/connection.json") gateway_token=$(jq -r .gateway.token "$data/connection.json")
buyer=$(jq -r '.buyers[0].buyerId' "$data/connection.json") merchant=$(jq -r .merchantId "$data/connection.json")
on_store() { curl -sS --fail-with-body -H "Authorization: Bearer $store_token" -H 'Content-Type: application/json' -X "$1" "$store/api/v1$2" ${3:+-d "$3"}; }
on_gateway() { curl -sS --fail-with-body -H "Authorization: Bearer $gateway_token" -H 'Content-Type: application/json' -X "$1" "$gateway/api/v1$2?merchantId=$merchant" ${3:+-d "$3"}; }

connector=$(on_gateway POST /connectors "{\"name\":\"example in $language\",\"settings\":{\"kind\":\"webhook\",\"url\":\"http://127.0.0.1:$port/mercer\"},\"products\":[\"$product\"]}")
id=$(jq -r .connectorId <<<"$connector")
trap 'kill "$app" 2>/dev/null || true; on_gateway DELETE "/connectors/$id" || true' EXIT

case "$language" in
  python) start=(python3 examples/python/app.py) ;;
  node) start=(node examples/node/app.mjs) ;;
  java) start=(java examples/java/App.java) ;;
  rust) cargo build --quiet --release --manifest-path examples/rust/Cargo.toml
        start=("${CARGO_TARGET_DIR:-examples/rust/target}/release/app") ;;
  *) echo "python, node, java or rust" >&2; exit 2 ;;
esac
PORT=$port WEBHOOK_SECRET=$(jq -r .secret <<<"$connector") "${start[@]}" &
app=$!
for _ in $(seq 200); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

order=$(on_store POST /orders "{\"buyerId\":\"$buyer\",\"productId\":\"$product\",\"pay\":true}" | jq -r .orderId)
# Whoever looks makes the store ask the merchant again.
for _ in $(seq 30); do [ "$(on_store GET "/orders/$order" | jq -r .state)" = completed ] && break; sleep 1; done
echo "order $order, and what its buyer sees:"
on_store GET "/instances/$order/view" | jq .appInfo
