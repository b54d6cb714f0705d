using static Nua.Tests.Check.BrokenConfigurations;

namespace Nua.Tests.Check;

/// <summary>NUA-X. The secrets are made up here and put together from parts, so that nobody's scanner finds them in
/// this repository.</summary>
internal static class BrokenSecrets
{
    public const string Canary = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5";

    private const int App = GoodImage.Application;
    private static readonly string _awsKey = "AKIA" + "QWERTYUIOPASDFGH";
    private static readonly string _gitHubToken = "ghp_" + new string('a', 36);
    private static readonly string _privateKey = $"-----BEGIN OPENSSH {"PRIVATE"} KEY-----\n{Canary}\n-----END OPENSSH {"PRIVATE"} KEY-----\n";

    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("NUA-X01", "a private key", i => i.File(App, "nua/app/key.pem", _privateKey)),
        new("NUA-X01", "a deleted private key", i => i.Directory(GoodImage.Base, "root")
            .Directory(GoodImage.Base, "root/.ssh")
            .File(GoodImage.Base, "root/.ssh/id_rsa", _privateKey).File(App, "root/.ssh/.wh.id_rsa", "")),
        new("NUA-X01", "a private key in one line", i => i.File(App, "nua/app/key.json", $$"""{"key":"{{_privateKey.Replace("\n", "\\n")}}"}""")),
        new("NUA-X02", "an npm login", i =>
            i.File(App, "nua/app/.npmrc", $"//registry.example/:_authToken={Canary}\n")),
        new("NUA-X02", "a secret in .env", i => i.File(App, "nua/app/.env", $"DEBUG=1\nDB_PASSWORD={Canary}\n")),
        new("NUA-X02", "a netrc", i => i.Directory(App, "root")
            .File(App, "root/.netrc", $"machine a.example login me password {Canary}\n")),
        new("NUA-X02", "a git login", i =>
            i.File(App, "nua/app/.git-credentials", $"https://me:{Canary}@git.example\n")),
        new("NUA-X02", "a PyPI login", i =>
            i.File(App, "nua/app/.pypirc", $"[pypi]\nusername = me\npassword = {Canary}\n")),
        new("NUA-X02", "a registry login", i => i.Directory(App, "nua/app/.docker")
            .File(App, "nua/app/.docker/config.json", "{\"auths\":{\"a.example\":{\"auth\":\"" + Canary + "\"}}}")),
        new("NUA-X02", "an AWS login", i => i.Directory(App, "nua/app/.aws")
            .File(App, "nua/app/.aws/credentials", $"[default]\naws_secret_access_key = {Canary}\n")),
        new("NUA-X02", "a Kubernetes login", i => i.Directory(App, "nua/app/.kube")
            .File(App, "nua/app/.kube/config", $"users:\n- user:\n    token: {Canary}\n")),
        new("NUA-X03", "an AWS key", i => i.File(App, "nua/app/settings.py", $"KEY = '{_awsKey}'\n")),
        new("NUA-X03", "a GitHub token", i => i.File(App, "nua/app/settings.py", $"TOKEN = '{_gitHubToken}'\n")),
        new("NUA-X03", "a Slack token", i =>
            i.File(App, "nua/app/settings.py", "T = 'xoxb-" + "123456789012-abcdefghijklmnopqrst'\n")),
        new("NUA-X03", "a Stripe key", i =>
            i.File(App, "nua/app/settings.py", "T = 'sk_" + "live_abcdefghijklmnopqrstuvwx'\n")),
        new("NUA-X04", "in a variable", i => Run(i)["Env"]!.AsArray().Add("GREETING=" + _gitHubToken)),
        new("NUA-X04", "in an address", i => Run(i)["Env"]!.AsArray().Add($"DATABASE=postgres://me:{Canary}@db/notes")),
        new("NUA-X04", "in a label", i => Run(i)["Labels"]!["org.example.note"] = _awsKey),
        new("NUA-X04", "in the history", i => i.Config["history"]![0]!["created_by"] = "curl -H " + _gitHubToken),
        new("NUA-X05", "in Env", i => Run(i)["Env"]!.AsArray().Add("SECRET_KEY=" + Canary)),
        new("NUA-X05", "in nua-config.json", i => i.NuaConfig["env"]!["SECRET_KEY"] = Canary),
        new("NUA-X06", "a password variable", i => Run(i)["Env"]!.AsArray().Add("ADMIN_PASSWORD=" + Canary)),
        new("NUA-X07", "a git folder", i => i.Directory(App, "nua/app/.git")
            .File(App, "nua/app/.git/HEAD", "ref: refs/heads/main\n")
            .File(App, "nua/app/.git/config", "[core]\n")),
        new("NUA-X07", "a pip cache", i => i.Directory(App, "root").Directory(App, "root/.cache")
            .Directory(App, "root/.cache/pip")
            .File(App, "root/.cache/pip/selfcheck.json", "{}")),
        new("NUA-X07", "a harmless .env", i => i.File(App, "nua/app/.env", "DEBUG=1\n")),
        new("NUA-X08", "a proxy", i => Run(i)["Env"]!.AsArray().Add("https_proxy=proxy.example:3128")),
        new("NUA-X08", "name servers", i => i.File(GoodImage.Base, "etc/resolv.conf", "nameserver 192.0.2.1\n")),
        new("NUA-X08", "an apt proxy", i => i.Directory(GoodImage.Base, "etc/apt")
            .Directory(GoodImage.Base, "etc/apt/apt.conf.d")
            .File(GoodImage.Base, "etc/apt/apt.conf.d/01proxy", "Acquire::http::Proxy \"http://proxy.example\";\n")),
    ];
}
