namespace Nua.Registry.Http;

/// <summary>One challenge of a <c>WWW-Authenticate</c> header (RFC 9110, 11.6.1).</summary>
/// <param name="Scheme">Lower case.</param>
internal sealed record Challenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxLength = 8192;

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>What can be read of the headers; junk and endless ones give nothing.</summary>
    public static IReadOnlyList<Challenge> Parse(IEnumerable<string> headers)
    {
        var text = string.Join(", ", headers.Take(16));
        return text.Length > MaxLength ? [] : new Reader(text).ReadAll();
    }

    private ref struct Reader(string text)
    {
        private int _at;

        public List<Challenge> ReadAll()
        {
            var all = new List<Challenge>();
            SortedDictionary<string, string>? current = null;
            while (Token() is { Length: > 0 } name)
            {
                SkipSpaces();
                if (current is not null && Take('='))
                {
                    // The first value stands: a second one must not overrule what was looked at.
                    current.TryAdd(name.ToLowerInvariant(), Value());
                    continue;
                }

                current = new SortedDictionary<string, string>(StringComparer.Ordinal);
                all.Add(new Challenge(name.ToLowerInvariant(), current));
            }

            return all;
        }

        private string Token()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or ',')
            {
                _at++;
            }

            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || "!#$%&'*+-.^_`|~/:".Contains(text[_at], StringComparison.Ordinal)))
            {
                _at++;
            }

            return text[start.._at];
        }

        private string Value()
        {
            SkipSpaces();
            if (!Take('"'))
            {
                return Token();
            }

            var value = new System.Text.StringBuilder();
            while (_at < text.Length && !Take('"'))
            {
                _at += text[_at] == '\\' && _at + 1 < text.Length ? 1 : 0;
                value.Append(text[_at++]);
            }

            return value.ToString();
        }

        private bool Take(char c)
        {
            if (_at >= text.Length || text[_at] != c)
            {
                return false;
            }

            _at++;
            return true;
        }

        private void SkipSpaces()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t')
            {
                _at++;
            }
        }
    }
}
