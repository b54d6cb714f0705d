using System.Runtime.InteropServices;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Build.Steps;

/// <summary>The files of <c>--secret</c>, and whether they are the ones that the configuration names.</summary>
public static class SecretFiles
{
    /// <summary>A secret is a token, a key or a small file of them; bytes.</summary>
    private const int Largest = 1 << 20;

    /// <summary>Compares what is given with what is named, before anything runs and whether or not anything has to run.</summary>
    /// <param name="named"><c>build.secrets</c>.</param>
    /// <exception cref="ProblemException">NUA2304 one is missing; NUA2308 one is not named, and would look as if it had been used; NUA2309 one
    /// cannot be read; NUA2310 one is given twice. All at once.</exception>
    public static void Check(IReadOnlyList<BuildSecret> given, IReadOnlyList<string> named)
    {
        var problems = new List<Problem>();
        problems.AddRange(named.Distinct().Where(id => given.All(secret => secret.Id != id)).Select(Missing));
        problems.AddRange(given.Where(secret => !named.Contains(secret.Id)).Select(secret => NotNamed(secret, named)));
        problems.AddRange(given.GroupBy(secret => secret.Id).Where(group => group.Count() > 1).Select(group => Twice(group.Key)));
        problems.AddRange(given.Select(secret => WhyUnreadable(secret) is { } why ? Unreadable(secret, why) : null).OfType<Problem>());
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    /// <summary>The content of one that <see cref="Check"/> has let pass.</summary>
    public static byte[] Read(IReadOnlyList<BuildSecret> given, string id) => File.ReadAllBytes(given.First(secret => secret.Id == id).File);

    /// <summary>A secret and the encodings it is usually printed in.</summary>
    public static IEnumerable<string> Spellings(byte[] secret)
    {
        var text = Encoding.UTF8.GetString(secret).Trim();
        if (text.Length < 4)
        {
            yield break;
        }

        yield return text;
        yield return Convert.ToBase64String(secret);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => l.Length >= 4))
        {
            yield return line;
        }
    }

    private static unsafe string? WhyUnreadable(BuildSecret secret)
    {
        Libc.StatxBuffer found;
        if (Libc.Statx(Libc.AtFdCwd, Posix.Path(secret.File), 0, 0x7ff, &found) < 0)
        {
            return Marshal.GetPInvokeErrorMessage(Posix.LastError);
        }

        if ((found.Mode & 0xF000) != 0x8000 || found.Size > Largest)
        {
            return found.Size > Largest ? $"it is larger than {Largest} bytes" : "it is not a regular file";
        }

        try
        {
            using var file = File.OpenRead(secret.File);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Printable.Escape(error.Message, 300);
        }
    }

    private static Problem Missing(string id) => new("NUA2304", $"the secret '{Printable.Escape(id)}' is named but was not given")
    {
        Where = "build.secrets",
        Remedy = $"add --secret id={Printable.Escape(id)},src=FILE",
    };

    private static Problem NotNamed(BuildSecret secret, IReadOnlyList<string> named) =>
        new("NUA2308", $"no step names the secret '{Printable.Escape(secret.Id)}'")
        {
            Where = "--secret",
            Why = named.Count == 0 ? "the configuration names none" : $"the configuration names {Printable.Escape(string.Join(", ", named), 300)}",
            Remedy = $"write `build.secrets = [\"{Printable.Escape(secret.Id)}\"]` in nua-config.toml, or leave the option out",
        };

    private static Problem Unreadable(BuildSecret secret, string why) =>
        new("NUA2309", $"the file of the secret '{Printable.Escape(secret.Id)}' cannot be used")
        {
            Where = Printable.Escape(secret.File, 300),
            Why = why,
            Remedy = "name a readable file of at most 1 MiB after src=",
        };

    private static Problem Twice(string id) => new("NUA2310", $"the secret '{Printable.Escape(id)}' is given twice")
    {
        Where = "--secret",
        Remedy = "leave out one of them",
    };
}
