using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-X: no secret, and nothing of the build host. Findings name place and kind, never a value.</summary>
internal static class SecretRules
{
    private const string Section = "image-specification.md, section 7";

    private const string UseSecret =
        "revoke it: whoever has the image has it; give it to the build with --secret and to the application as a declared secret";

    private const string LeaveOut = "name it in .nuaignore or .dockerignore, and rebuild";

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-X01", Severity.Error, "No layer holds a private key, by its content.",
            Section, UseSecret, NoPrivateKeys) { IsForEveryImage = true },
        new("NUA-X02", Severity.Error,
            "No layer holds a file of credentials: `.env`, `.netrc`, `.git-credentials`, `.pypirc`, `.npmrc` with a token, "
            + "cloud, Docker and Kubernetes logins.",
            Section, UseSecret, NoCredentials) { IsForEveryImage = true },
        new("NUA-X03", Severity.Error,
            "No file outside the packages holds a well-known form of token (AWS, GitHub, GitLab, npm, PyPI, Slack, Stripe, Google…).",
            Section, UseSecret, NoTokens) { IsForEveryImage = true },
        new("NUA-X04", Severity.Error,
            "No variable, label, argument or history line of the image configuration holds a token, a private key, or an address "
            + "with a password.",
            Section, UseSecret, NoSecretsInConfiguration) { IsForEveryImage = true },
        new("NUA-X05", Severity.Error,
            "A secret declared in `lifecycle.secrets` has a value neither in `Env` nor in `nua-config.json`.",
            Section, "remove the value from [env] of nua-config: the operator gives it as /run/secrets/NAME",
            DeclaredSecretsHaveNoValue),
        new("NUA-X06", Severity.Warning,
            "No variable whose name says that it is a secret (`PASSWORD`, `TOKEN`, `SECRET`…) has a value in `Env`.",
            Section, "declare it in [[lifecycle.secrets]] of nua-config instead of giving it a value",
            NoSecretVariables),
        new("NUA-X07", Severity.Warning,
            "No layer holds a version control folder, a package manager's cache, or a settings file that usually has credentials in it.",
            Section, LeaveOut, NothingUnwanted) { IsForEveryImage = true },
        new("NUA-X08", Severity.Warning,
            "Nothing of the build host is left: no proxy variable or apt proxy setting, no content in `/etc/resolv.conf`.",
            Section, "rebuild with 'nua build', which gives the host's settings to the sandbox only", NothingOfTheHost),
    ];

    /// <summary>Files that come with a package are the same for everybody who has the package.</summary>
    private static IEnumerable<ScannedEntry> OwnFiles(CheckSubject subject) =>
        from layer in subject.Layers
        from entry in layer.Entries
        where entry is { Kind: EntryKind.File, Facts: not null }
        where !subject.PackagePaths.Contains(entry.Path) && !CredentialFiles.IsInDependency(entry.Path)
        select entry;

    private static string Deleted(CheckSubject subject, ScannedEntry entry) =>
        subject.Tree.At(entry.Path) == entry ? "" : ", replaced or deleted by a later layer but still in this one";

    private static IEnumerable<Violation> NoPrivateKeys(CheckSubject subject) =>
        from entry in OwnFiles(subject)
        where entry.Facts!.Secrets.Contains(SecretText.PrivateKey)
        select Violation.At(entry, "it holds a private key" + Deleted(subject, entry));

    private static IEnumerable<Violation> NoCredentials(CheckSubject subject) =>
        from entry in OwnFiles(subject)
        let kind = entry.Facts!.Credential
        where kind is not null
        select Violation.At(entry, $"it holds a credential ({kind})" + Deleted(subject, entry));

    private static IEnumerable<Violation> NoTokens(CheckSubject subject) =>
        from entry in OwnFiles(subject)
        where entry.Facts!.Credential is null
        from kind in entry.Facts!.Secrets
        where kind != SecretText.PrivateKey
        select Violation.At(entry, $"it holds a secret ({kind})" + Deleted(subject, entry));

    private static IEnumerable<Violation> NoSecretsInConfiguration(CheckSubject subject)
    {
        var run = subject.Run;
        IEnumerable<(string Place, string Text)> texts =
        [
            .. run.Env.Select(item => ($"config: Env {item.Split('=')[0]}", item)),
            .. run.Labels.Select(label => ($"config: Labels {label.Key}", label.Value)),
            .. subject.Manifest.Annotations.Select(label => ($"manifest: annotations {label.Key}", label.Value)),
            .. (run.Entrypoint ?? []).Concat(run.Cmd ?? []).Concat(run.HealthCheck?.Test ?? [])
            .Select(item => ("config: command", item)),
            .. subject.Config.History.SelectMany((line, i) =>
                new[] { line.CreatedBy, line.Comment, line.Author }.OfType<string>()
                .Select(text => ($"config: history[{i}]", text))),
        ];
        return from text in texts
               from kind in SecretText.KindsInSetting(text.Text)
               select new Violation($"it holds a secret ({kind})", text.Place);
    }

    private static HashSet<string> DeclaredSecrets(CheckSubject subject) =>
        subject.Lifecycle.Items("secrets").Select(secret => secret.Text("name")).OfType<string>()
        .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<Violation> DeclaredSecretsHaveNoValue(CheckSubject subject)
    {
        var env = subject.NuaConfig.Root.Member("env");
        foreach (var name in DeclaredSecrets(subject).Order(StringComparer.Ordinal))
        {
            if (subject.Run.Variable(name) is { Length: > 0 })
            {
                yield return new Violation($"the declared secret {name} has a value", "config: Env");
            }

            if (env.Member(name) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } value
                && value.ToString().Length > 0)
            {
                yield return new Violation(
                    $"the declared secret {name} has a value", $"{subject.NuaConfig.Place}: env");
            }
        }
    }

    private static IEnumerable<Violation> NoSecretVariables(CheckSubject subject)
    {
        var declared = DeclaredSecrets(subject);
        return from item in subject.Run.Env
               let at = item.IndexOf('=', StringComparison.Ordinal)
               where at > 0 && !declared.Contains(item[..at]) && SecretText.IsSecretName(item[..at])
               && MayBeSecret(item[(at + 1)..])
               select new Violation($"the variable {item[..at]} has a value", "config: Env");
    }

    /// <summary>A path says where a secret is; a number or a switch says how it is handled.</summary>
    private static bool MayBeSecret(string value) =>
        value.Length > 0 && !value.StartsWith('/') && !value.StartsWith('$') && !long.TryParse(value, out _)
        && value is not ("true" or "false" or "yes" or "no" or "on" or "off");

    private static IEnumerable<Violation> NothingUnwanted(CheckSubject subject)
    {
        var told = new HashSet<(int, string)>();
        foreach (var entry in OwnFiles(subject))
        {
            if (entry.Facts!.Credential is null && CredentialFiles.Unwanted(entry.Path) is { } kind)
            {
                // One finding for each folder, not for each of its files.
                var folder = kind.StartsWith("file", StringComparison.Ordinal) ? entry.Path : Folder(entry.Path);
                if (told.Add((entry.Layer, folder)))
                {
                    yield return new Violation($"it is a {kind}" + Deleted(subject, entry), "/" + folder, entry.Layer);
                }
            }
        }
    }

    /// <summary>The path up to the first part that made it unwanted.</summary>
    private static string Folder(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (CredentialFiles.Unwanted(path[..slash] + "/") is not null)
            {
                return path[..slash];
            }
        }

        return path;
    }

    private static IEnumerable<Violation> NothingOfTheHost(CheckSubject subject)
    {
        foreach (var item in subject.Run.Env)
        {
            var name = item.Split('=')[0];
            if (name.ToLowerInvariant() is "http_proxy" or "https_proxy" or "ftp_proxy" or "all_proxy" or "no_proxy")
            {
                yield return new Violation($"the variable {name} is the build host's", "config: Env");
            }
        }

        foreach (var entry in subject.Tree.EntriesBelow("etc/apt/apt.conf.d"))
        {
            if (entry.IsFile && entry.Name.Contains("proxy", StringComparison.OrdinalIgnoreCase))
            {
                yield return Violation.At(entry, "it is an apt proxy setting");
            }
        }

        if (subject.Tree.At("etc/resolv.conf") is { IsFile: true, Size: > 0 } resolver)
        {
            yield return Violation.At(resolver, "it holds the build host's name servers");
        }
    }
}
