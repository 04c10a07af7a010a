"""Certificates for the servers and clients of a suite, made with the openssl command. All files are
PEM, keys PKCS#8, which is what Java reads; they are good for a day."""
import subprocess


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def _request(folder, name, common_name, *more):
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 1,
             "-keyout", folder / f"{name}.key", "-subj", f"/CN={common_name}", *more)


def make_authority(folder, name="ca"):
    _request(folder, name, f"{name} of the suite", "-x509", "-out", folder / f"{name}.pem")


def make_certificate(folder, name, *subject_alternatives, authority="ca"):
    """Signed by that authority; for a server, the names clients may know it by: "IP:127.0.0.1"."""
    request = folder / f"{name}.csr"
    _request(folder, name, name, "-out", request)
    extensions = folder / f"{name}.ext"
    names = ",".join(subject_alternatives)
    extensions.write_text(f"subjectAltName={names}\n" if names else "")
    _openssl("x509", "-req", "-in", request, "-CA", folder / f"{authority}.pem", "-CAkey",
             folder / f"{authority}.key", "-CAcreateserial", "-days", 1, "-extfile", extensions,
             "-out", folder / f"{name}.pem")


def make_all(folder, requires_client_certificate):
    """What `stock start --tls` wants; and an authority, and a client it has signed, that servers and
    clients do not trust."""
    folder.mkdir()
    make_authority(folder)
    make_authority(folder, "stranger")
    make_certificate(folder, "server", "IP:127.0.0.1")
    make_certificate(folder, "client")
    make_certificate(folder, "unknown", authority="stranger")
    if requires_client_certificate:
        (folder / "require-client-certificate").touch()
    return folder
