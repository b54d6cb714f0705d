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
        new("-----BEGIN ", PrivateKeyBlock(), PrivateKey),
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
                    && form.Pattern.IsMatch(rest)
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

    private sealed record Form(string Start, Regex Pattern, string Kind);

    // A key's own body must follow: programs and manuals mention the first line alone. "\n" may be written as two
    // characters.
    [GeneratedRegex(@"\A-----BEGIN [A-Z ]{0,30}PRIVATE KEY( BLOCK)?-----(\\r|\\n|\s)+([A-Za-z-]+: [^\r\n\\]*(\\r|\\n|\s)+)*[A-Za-z0-9+/=]{24,}",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PrivateKeyBlock();

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

    [GeneratedRegex(@"[a-z][a-z0-9+.-]{1,20}://[^/\s:@$<{]{1,100}:[^/\s@${<*]{1,200}@", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex AddressWithPassword();

    [GeneratedRegex(@"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(_FILE|_PATH|_DIR|_DIRECTORY|_URL|_NAME|_TTL|_TIMEOUT|_EXPIRY|_LENGTH|_ALGORITHM|_HEADER|_REQUIRED|_ENABLED)$",
        RegexOptions.IgnoreCase)]
    private static partial Regex NameOfPlace();
}
