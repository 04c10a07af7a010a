"""The SDK where clients and servers must show who they are, the stock client on the other side: stock
5.5.0 and broker-lite with ACL 2.0 and certificates on both sides (mutual TLS), stock 4.9.7 with plain
ACL and TLS. And what those are told who may not.

The users and rules of 5.x are made by our Admin, as narrow as a program needs them.

With ROCKETMQ_MATRIX=FILE the result is also written there as a table."""
import os
import re
import sys
import time

import actors
import certificates
from exchange import wait_until
from features import (ALONE, BOTH, TO_OURS, TRACE, consumed_by, ordered, request_reply, retry, sends,
                      traced)
from servers import BrokerLite, Folder, Stock, say
from stage import Cast, Feature, add_table, mqadmin, run_all, summarize

ADMINISTRATOR = ("--access", "administrator", "--secret", "admin-secret")
PROGRAM = ("--access", "program", "--secret", "program-secret")
ONLOOKER = ("--access", "onlooker", "--secret", "onlooker-secret")
WRONG_SECRET = ("--access", "program", "--secret", "other-secret")
STRANGER = ("--access", "stranger", "--secret", "stranger-secret")
NOBODY = ()

AUTH = "org.apache.rocketmq.auth"
ACL_2 = [
    "authenticationEnabled=true",
    f"authenticationProvider={AUTH}.authentication.provider.DefaultAuthenticationProvider",
    f"authenticationMetadataProvider={AUTH}.authentication.provider.LocalAuthenticationMetadataProvider",
    "authorizationEnabled=true",
    f"authorizationProvider={AUTH}.authorization.provider.DefaultAuthorizationProvider",
    f"authorizationMetadataProvider={AUTH}.authorization.provider.LocalAuthorizationMetadataProvider",
    'initAuthenticationUser={"username":"administrator","password":"admin-secret"}',
    'innerClientAuthenticationCredentials={"accessKey":"broker","secretKey":"broker-secret"}',
]
# What a program needs: its topics and groups, and where answers and traces go. Get is for who assigns
# queues to itself, and asks where they begin. The half topic is for Java, which names that one when it
# ends a transaction that the broker has asked about.
PROGRAMS_RULES = [("Topic:t-*", "Pub,Sub,Get"), ("Group:g-*", "Sub"),
                  ("Topic:DefaultCluster_REPLY_TOPIC", "Pub"),
                  ("Topic:RMQ_SYS_TRACE_TOPIC", "Pub,Sub"),
                  ("Topic:RMQ_SYS_TRANS_HALF_TOPIC", "Pub")]
ONLOOKERS_RULES = [("Topic:t-*", "Sub"), ("Group:g-*", "Sub")]
# Names and secrets of 4.x are longer than six characters.
PLAIN_ACL = """accounts:
- accessKey: administrator
  secretKey: admin-secret
  admin: true
- accessKey: program
  secretKey: program-secret
  defaultTopicPerm: PUB|SUB
  defaultGroupPerm: SUB
- accessKey: onlooker
  secretKey: onlooker-secret
  defaultTopicPerm: SUB
  defaultGroupPerm: SUB
"""
CONF = ["transactionTimeOut=6000", "transactionCheckInterval=2000", "traceTopicEnable=true"]

# The longest a request may take is 15 s; who is told no must not go on asking.
REFUSED_WITHIN = 10


def tls(server, authority="ca", certificate="client"):
    flags = ["--tls-ca", server.tls / f"{authority}.pem"]
    if certificate:
        flags += ["--tls-cert", server.tls / f"{certificate}.pem",
                  "--tls-key", server.tls / f"{certificate}.key"]
    return tuple(map(str, flags))


# ---- users and rules

def make_users(admin):
    for name, rules in (("program", PROGRAMS_RULES), ("onlooker", ONLOOKERS_RULES)):
        admin.ask("create_user", name=name, password=f"{name}-secret", type="Normal")
        for resource, actions in rules:
            admin.ask("create_acl", subject=f"User:{name}", resource=resource, actions=actions,
                      decision="Allow")


def our_users_and_rules(stage):
    """mqadmin sees what our Admin has made, changed and taken away."""
    ours, java = stage.cast.admin(), stage.cast.java_admin()
    broker = stage.cast.server.broker

    def told(line):
        return re.sub(" +", " ", mqadmin(java, f"{line} -b {broker}"))

    ours.ask("create_user", name="clerk", password="clerk-secret", type="Normal")
    assert "clerk clerk-secret Normal enable" in told("listUser"), told("listUser")
    ours.ask("update_user", name="clerk", status="disable")
    assert "clerk clerk-secret Normal disable" in told("listUser"), told("listUser")
    rule = {"subject": "User:clerk", "resource": "Topic:bills"}
    ours.ask("create_acl", **rule, actions="Pub,Sub", ips="127.0.0.1", decision="Allow")
    assert re.search(r"User:clerk Custom Topic:bills .*Pub.*Sub.* .*127\.0\.0\.1.* Allow",
                     told("listAcl -s User:clerk")), told("listAcl -s User:clerk")
    ours.ask("update_acl", **rule, actions="Get", decision="Deny")
    assert re.search(r"Topic:bills .*Get.* Deny", told("listAcl -s User:clerk")), told("listAcl")
    ours.ask("delete_acl", **rule)
    assert "Topic:bills" not in told("listAcl -s User:clerk"), told("listAcl -s User:clerk")
    ours.ask("delete_user", name="clerk")
    assert "clerk" not in told("listUser"), told("listUser")


def their_users_and_rules(stage):
    """Our Admin sees what mqadmin has made."""
    ours, java = stage.cast.admin(), stage.cast.java_admin()
    broker = stage.cast.server.broker
    mqadmin(java, f"createUser -b {broker} -u judge -p judge-secret -t Normal")
    assert "judge|Normal|enable" in ours.ask("users")["users"], ours.ask("users")
    mqadmin(java, f"createAcl -b {broker} -s User:judge -r Topic:cases -a Pub,Get -d Allow -i 10.0.0.1")
    rules = ours.ask("acls", subject="judge")["acls"]
    assert rules == ["User:judge|Custom|Topic:cases|Pub,Get|10.0.0.1|Allow"], rules


# ---- who is refused

ATTEMPTS = {
    "send": ("send", {"kind": "plain", "count": 1, "prefix": "m"}),
    "push": ("consume", {"kind": "concurrent"}),
    "pull": ("consume", {"kind": "lite"}),
    "assigned": ("consume", {"kind": "assign"}),
    "simple": ("consume", {"kind": "simple"}),
    "admin": ("create_topic", {}),
}


def refused(said, flags_of, attempts):
    """Each attempt fails soon, in words that match `said`."""
    def feature(stage):
        server = stage.cast.server
        with stage.cast.start_ours(*flags_of(server), "--patience", str(REFUSED_WITHIN // 3)) as actor:
            for name in attempts:
                if name == "simple" and server.version.startswith("4"):
                    continue
                verb, words = ATTEMPTS[name]
                began = time.monotonic()
                try:
                    actor.ask(verb, id=name, topic=stage.topic, group=f"{stage.group}-{name}",
                              out=stage.folder / "refused.txt", **words)
                except actors.Refused as refusal:
                    told = str(refusal)
                else:
                    raise AssertionError(f"{name} is not refused")
                assert re.search(said, told), f"{name}: {told}"
                took = time.monotonic() - began
                assert took < REFUSED_WITHIN, f"{name} took {took:.0f} s over: {told}"
                say(f"       {name}: {told}")
    return feature


def denied(said, who, attempts):
    return refused(said, lambda server: (*tls(server), *who), attempts)


def insecure(said, attempts=("send", "admin"), **shown):
    return refused(said, lambda server: (*tls(server, **shown), *PROGRAM), attempts)


def other_name(flags):
    """The certificate is for 127.0.0.1, not for the name that is connected to."""
    def feature(stage):
        server = stage.cast.server
        namesrv = server.namesrv.replace("127.0.0.1", "localhost")
        with actors.ours(namesrv, stage.cast.log, *tls(server), *PROGRAM, *flags) as actor:
            actor.ask("send", kind="plain", count=1, prefix="m", topic=stage.topic,
                      group=stage.group)
    return feature


def rights_come_and_go(stage):
    """A consumer that is denied while it runs goes on when it may again."""
    admin = stage.cast.admin()
    out = stage.consume()
    stage.send(prefix="before", count=3)
    stage.expect(out, prefix="before", count=3)
    rule = {"subject": "User:program", "resource": "Group:g-*", "actions": "Sub"}
    admin.ask("update_acl", **rule, decision="Deny")
    try:
        wait_until("the group is denied", 30, lambda: is_denied(stage))
    finally:
        admin.ask("update_acl", **rule, decision="Allow")
    stage.send(prefix="after", count=3)
    stage.expect(out, prefix="after", count=3)


def is_denied(stage):
    try:
        stage.cast.ours().ask("consume", id="probe", kind="concurrent", topic=stage.topic,
                              group=f"{stage.group}-probe", out=stage.folder / "probe.txt")
        stage.cast.ours().ask("stop", id="probe")
        return False
    except actors.Refused:
        return True


ALL = tuple(ATTEMPTS)
ONLY_5 = {"stock 4.9.7": "broker: users and rules are in files there"}
ONLY_MUTUAL = {"stock 4.9.7": "broker: this one asks for no certificate"}
FEATURES = [
    Feature("sync", sends("plain"), BOTH),
    Feature("ordered", ordered, BOTH),
    Feature("transaction checked by the broker", sends("check", count=3), BOTH),
    Feature("request and reply", request_reply, BOTH),
    Feature("retry", retry, BOTH),
    Feature("pull, assigned queues", consumed_by("assign"), BOTH),
    Feature("pop", consumed_by("pop"), TO_OURS,
            {"stock 4.9.7": "does not hand out single messages"}),
    Feature("trace", traced, BOTH,
            {"stock 4.9.7": "client: stock 4.9.7 does not sign queries by key"}, TRACE),
    Feature("users and rules", our_users_and_rules, ("ours to Java",), ONLY_5),
    Feature("users and rules", their_users_and_rules, ("Java to ours",), ONLY_5),
    Feature("rights that come and go", rights_come_and_go, ("Java to ours",), ONLY_5),
    Feature("refused: not signed", denied("Set ClientOptions::credentials", NOBODY, ALL), ALONE),
    Feature("refused: wrong secret", denied("Is Credentials::secret_key", WRONG_SECRET, ALL), ALONE),
    Feature("refused: nobody's key", denied("Is Credentials::access_key", STRANGER, ALL), ALONE),
    Feature("refused: no right to it",
            denied("Have the user given that right", ONLOOKER, ("send", "admin")), ALONE),
    Feature("refused: a server nobody trusts",
            insecure("no authority of TlsOptions::ca_file", authority="stranger"), ALONE),
    Feature("refused: a server of another name", other_name(()), ALONE,
            dict.fromkeys(("stock 5.5.0", "stock 4.9.7", "broker-lite"), "TlsOptions::verify_host")),
    Feature("a server of another name, any host", other_name(("--any-host",)), ALONE),
    Feature("refused: no TLS", refused("set ClientOptions::tls", lambda server: PROGRAM,
                                       ("send", "admin")), ALONE),
    Feature("refused: no certificate of ours",
            insecure("set TlsOptions::cert_file", certificate=None), ALONE, ONLY_MUTUAL),
    Feature("refused: a certificate nobody trusts",
            insecure("does not take the certificate", certificate="unknown"), ALONE, ONLY_MUTUAL),
]


def secured_broker_lite(folder, tls_folder):
    """What Stock does for itself: the settings, and a tls.properties for Java's clients."""
    (folder / "conf").mkdir(parents=True)
    files = [f"tls.server.certPath={tls_folder}/server.pem",
             f"tls.server.keyPath={tls_folder}/server.key",
             f"tls.server.trustCertPath={tls_folder}/ca.pem",
             "tls.server.need.client.auth=require",
             f"tls.client.certPath={tls_folder}/client.pem",
             f"tls.client.keyPath={tls_folder}/client.key",
             f"tls.client.trustCertPath={tls_folder}/ca.pem"]
    (folder / "conf/tls.properties").write_text(
        "\n".join(["tls.test.mode.enable=false", "tls.client.authServer=true", *files]) + "\n")
    settings = folder / "broker.conf"
    settings.write_text("\n".join([*CONF, *ACL_2, *files, "tls.server.mode=enforcing",
                                   "tls.enable=true"]) + "\n")
    server = BrokerLite(folder, "-c", str(settings))
    server.tls, server.version = tls_folder, "5.5.0"
    return server


def servers(folder):
    yield Stock("5.5.0", folder / "stock-5", *CONF, *ACL_2,
                tls=certificates.make_all(folder / "tls-5", requires_client_certificate=True))
    plain = folder / "stock-4"
    (plain / "conf").mkdir(parents=True)
    (plain / "conf/plain_acl.yml").write_text(PLAIN_ACL)
    yield Stock("4.9.7", plain, *CONF, "aclEnable=true",
                tls=certificates.make_all(folder / "tls-4", requires_client_certificate=False))
    yield secured_broker_lite(folder / "broker-lite", certificates.make_all(
        folder / "tls-lite", requires_client_certificate=True))


def cast_of(server, folder):
    properties = ("tls.enable=true", f"tls.config.file={server.folder}/conf/tls.properties")
    return Cast(server, server.version, folder, properties,
                ours=(*tls(server), *PROGRAM), java=PROGRAM,
                admin=(*tls(server), *ADMINISTRATOR), java_admin=ADMINISTRATOR)


def main():
    only = os.environ.get("ROCKETMQ_SERVERS", "")
    wanted = sys.argv[1:]
    features = [each for each in FEATURES if not wanted or each.name in wanted]
    all_results = {}
    with Folder() as folder:
        for server in servers(folder):
            if only and only not in server.name:
                continue
            with server, Folder() as actors_folder:
                cast = cast_of(server, actors_folder)
                if server.version.startswith("5"):
                    make_users(cast.admin())
                all_results[server.name] = run_all(cast, features)
    failed = summarize(all_results)
    if os.environ.get("ROCKETMQ_MATRIX") and not wanted:
        add_table(os.environ["ROCKETMQ_MATRIX"], "With credentials and certificates", all_results)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
