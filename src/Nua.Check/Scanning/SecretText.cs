using System.Buffers;
using System.Text.RegularExpressions;

namespace Nua.Check.Scanning;

/// <summary>Finds secrets by their form. Answers with the kind only: a secret's value never leaves this
/// class.</summary>
public static partial class SecretText
{
    /// <summary>The kind that means a private key, as opposed to a token.</summary>
    public const string PrivateKey = "private key";

    // Each form: a literal that a quick search finds first, then the expression that must match where it stands.
    private static readonly Form[] _forms =
    [
        new("-----BEGIN ", null, PrivateKey),
        new("AKIA", AwsKeyId(), "AWS access key"),
        new("ASIA", AwsKeyId(), "AWS access key"),
        new("ghp_", GitHubToken(), "GitHub token"),
        new("gho_", GitHubToken(), "GitHub token"),
        new("ghs_", GitHubToken(), "GitHub token"),
        new("ghu_", GitHubToken(), "GitHub token"),
        new("github_pat_", GitHubPersonalToken(), "GitHub token"),
        new("glpat-", GitLabToken(), "GitLab token"),
        new("npm_", NpmToken(), "npm token"),
        new("pypi-AgEIcHlwaS", PyPiToken(), "PyPI token"),
        new("xoxb-", SlackToken(), "Slack token"),
        new("xoxp-", SlackToken(), "Slack token"),
        new("sk_live_", StripeKey(), "Stripe key"),
        new("rk_live_", StripeKey(), "Stripe key"),
        new("AIza", GoogleKey(), "Google API key"),
        new("SG.", SendGridKey(), "SendGrid key"),
        new("dop_v1_", DigitalOceanToken(), "DigitalOcean token"),
    ];

    private static readonly SearchValues<char> _base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    private static readonly SearchValues<string> _starts =
        SearchValues.Create([.. _forms.Select(form => form.Start)], StringComparison.Ordinal);

    /// <summary>The kinds of secrets in the text, each once, in order of appearance.</summary>
    public static IReadOnlyList<string> Kinds(ReadOnlySpan<char> text)
    {
        List<string>? kinds = null;
        var at = 0;
        while (text[at..].IndexOfAny(_starts) is >= 0 and var hit)
        {
            at += hit;
            var rest = text[at..Math.Min(text.Length, at + 400)];
            foreach (var form in _forms)
            {
                if (rest.StartsWith(form.Start, StringComparison.Ordinal) && !FollowsAWord(text, at)
                    && form.IsAt(rest)
                    && kinds?.Contains(form.Kind) != true)
                {
                    (kinds ??= []).Add(form.Kind);
                }
            }

            at++;
        }

        return kinds ?? (IReadOnlyList<string>)[];
    }

    /// <summary>As <see cref="Kinds"/>, and addresses with a password in them
    /// (<c>https://user:password@host</c>).</summary>
    public static IReadOnlyList<string> KindsInSetting(string text) =>
        AddressWithPassword().IsMatch(text) ? [.. Kinds(text), "address with a password"] : Kinds(text);

    /// <summary>Whether a variable's name says that its value is secret (<c>DB_PASSWORD</c>), and not where to find it
    /// (<c>DB_PASSWORD_FILE</c>).</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name) && !NameOfPlace().IsMatch(name);

    private static bool FollowsAWord(ReadOnlySpan<char> text, int at) => at > 0
        && char.IsAsciiLetterOrDigit(text[at - 1]);

    /// <param name="Pattern">Null: a private key, which is told in another way.</param>
    private sealed record Form(string Start, Regex? Pattern, string Kind)
    {
        public bool IsAt(ReadOnlySpan<char> text) => Pattern is null ? IsPrivateKey(text) : Pattern.IsMatch(text);
    }

    /// <summary>A key's own body must follow the first line: programs and manuals mention that line alone. In JSON and
    /// in programs the line end is written as two characters.</summary>
    private static bool IsPrivateKey(ReadOnlySpan<char> text)
    {
        const string End = "PRIVATE KEY-----";
        var head = text[..Math.Min(text.Length, 70)].ToString()
            .Replace(" BLOCK-----", "-----", StringComparison.Ordinal);
        if (!head.Contains(End, StringComparison.Ordinal)
            || text["-----BEGIN ".Length..].IndexOf("-----") is not (>= 0 and var dashes))
        {
            return false;
        }

        var body = text[("-----BEGIN ".Length + dashes + 5)..].ToString()
            .Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\n", StringComparison.Ordinal);
        var first = body.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(line => !line.Contains(": ", StringComparison.Ordinal)) ?? "";
        return first.Length >= 24 && first.AsSpan(0, 24).IndexOfAnyExcept(_base64) < 0;
    }

    [GeneratedRegex(@"\A(AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")]
    private static partial Regex AwsKeyId();

    [GeneratedRegex(@"\Agh[opsu]_[A-Za-z0-9]{36}")]
    private static partial Regex GitHubToken();

    [GeneratedRegex(@"\Agithub_pat_[A-Za-z0-9_]{60,}")]
    private static partial Regex GitHubPersonalToken();

    [GeneratedRegex(@"\Aglpat-[A-Za-z0-9_-]{20}")]
    private static partial Regex GitLabToken();

    [GeneratedRegex(@"\Anpm_[A-Za-z0-9]{36}(?![A-Za-z0-9])")]
    private static partial Regex NpmToken();

    [GeneratedRegex(@"\Apypi-AgEIcHlwaS[A-Za-z0-9_-]{40,}")]
    private static partial Regex PyPiToken();

    [GeneratedRegex(@"\Axox[bp]-[0-9]{8,}-[0-9A-Za-z-]{16,}")]
    private static partial Regex SlackToken();

    [GeneratedRegex(@"\A[rs]k_live_[0-9A-Za-z]{24,}")]
    private static partial Regex StripeKey();

    [GeneratedRegex(@"\AAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])")]
    private static partial Regex GoogleKey();

    [GeneratedRegex(@"\ASG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}")]
    private static partial Regex SendGridKey();

    [GeneratedRegex(@"\Adop_v1_[0-9a-f]{64}")]
    private static partial Regex DigitalOceanToken();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]{1,20}://[^/\s:@$<{]{1,100}:[^/\s@${<*]{1,200}@", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AddressWithPassword();

    [GeneratedRegex(@"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(_FILE|_PATH|_DIR|_DIRECTORY|_URL|_NAME|_TTL|_TIMEOUT|_EXPIRY|_LENGTH|_ALGORITHM|_HEADER|_REQUIRED|_ENABLED)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex NameOfPlace();
}
