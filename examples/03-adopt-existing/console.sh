#!/bin/sh
# What somebody clicked together at the console of IBM Cloud, as the calls that the console makes: no manifest, no mark.
set -eu

field() { grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

token=$(curl -sS "$IBMCLOUD_IAM_API_ENDPOINT/identity/token" \
  -d grant_type=urn:ibm:params:oauth:grant-type:apikey -d "apikey=$IBMCLOUD_API_KEY" | field access_token)

# call METHOD URL BODY [HEADER…]
call() {
  method=$1 url=$2 body=$3
  shift 3
  curl -sS -X "$method" "$url" -H "Authorization: Bearer $token" -H "Content-Type: application/json" "$@" --data "$body"
}

account=0123456789abcdef0123456789abcdef
group=$(call GET "$IBMCLOUD_RESOURCE_MANAGEMENT_API_ENDPOINT/v2/resource_groups?account_id=$account&default=true" '' | field id)

# instance NAME PLAN PARAMETERS
instance() {
  call POST "$IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT/v2/resource_instances" \
    "{\"name\":\"$1\",\"target\":\"us-south\",\"resource_group\":\"$group\",\"resource_plan_id\":\"$2\",\"parameters\":$3,\"tags\":[\"made:by-hand\"]}"
}

keys=$IBMCLOUD_KP_API_ENDPOINT/api/v2
kms=application/vnd.ibm.kms
vault=$(instance 'Security vault' eedd3585-90c6-4c8f-be3d-062069e99fc3 '{}' | field guid)
in_vault="Bluemix-Instance: $vault"

# key NAME RING
key() {
  call POST "$keys/keys" "{\"metadata\":{\"collectionType\":\"$kms.key+json\",\"collectionTotal\":1},
    \"resources\":[{\"type\":\"$kms.key+json\",\"name\":\"$1\",\"extractable\":false}]}" \
    -H "$in_vault" -H "X-Kms-Key-Ring: $2"
}

call POST "$keys/key_rings/Lake" '' -H "$in_vault"
root=$(key 'Lakehouse root' Lake | field crn)
call PUT "$keys/keys/${root##*:}/policies?policy=rotation" \
  "{\"metadata\":{\"collectionType\":\"$kms.policy+json\",\"collectionTotal\":1},
    \"resources\":[{\"type\":\"$kms.policy+json\",\"rotation\":{\"interval_month\":3}}]}" -H "$in_vault" > /dev/null
old=$(key old-root default | field crn)
call DELETE "$keys/keys/${old##*:}" '' -H "$in_vault" > /dev/null

call POST "$IBMCLOUD_IAM_API_ENDPOINT/v2/policies" "{\"type\":\"authorization\",
  \"subject\":{\"attributes\":[
    {\"key\":\"serviceName\",\"operator\":\"stringEquals\",\"value\":\"data-virtualization\"},
    {\"key\":\"accountId\",\"operator\":\"stringEquals\",\"value\":\"$account\"}]},
  \"resource\":{\"attributes\":[
    {\"key\":\"serviceName\",\"operator\":\"stringEquals\",\"value\":\"kms\"},
    {\"key\":\"accountId\",\"operator\":\"stringEquals\",\"value\":\"$account\"},
    {\"key\":\"serviceInstance\",\"operator\":\"stringEquals\",\"value\":\"$vault\"}]},
  \"control\":{\"grant\":{\"roles\":[{\"role_id\":\"crn:v1:bluemix:public:iam::::serviceRole:Reader\"}]}}}" > /dev/null

# The service may not know of its authorization yet.
for attempt in 1 2 3 4 5 6 7 8 9; do
  answer=$(instance lakehouse data-virtualization-enterprise "{\"disk_encryption_key_crn\":\"$root\",
    \"worker_count\":3,\"admin_password\":\"correct horse battery staple\"}")
  case $answer in *'"guid"'*) break ;; esac
  [ "$attempt" -lt 9 ] || { echo "$answer" >&2; exit 1; }
  sleep 1
done

echo 'made: Security vault, Lake, Lakehouse root, old-root (destroyed), an authorization, lakehouse'
