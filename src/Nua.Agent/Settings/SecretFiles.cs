using Nua.Agent.Config;
using Nua.Foundation.Linux;

namespace Nua.Agent.Settings;

/// <summary>Secrets come as files; programs get their paths, and the values only where the image asks for it.</summary>
internal static class SecretFiles
{
    private const long _largest = 1 << 20;

    public static void AddTo(Variables variables, Paths paths, RuntimeConfig config)
    {
        variables.Default("NUA_SECRETS_DIR", paths.Secrets);
        var directory = variables["NUA_SECRETS_DIR"]!;
        foreach (var name in Found(directory))
        {
            variables.Default(name + "_FILE", $"{directory}/{name}");
            variables.Default("CREDENTIALS_DIRECTORY", directory);
        }

        foreach (var secret in config.Secrets)
        {
            if (secret.AsVariable && !variables.Has(secret.Name)
                && variables[secret.Name + "_FILE"] is { Length: > 0 } file)
            {
                variables[secret.Name] = Read(secret.Name, file);
            }
        }
    }

    /// <summary>Names of required settings and of secrets that nothing gives.</summary>
    /// <exception cref="Foundation.ProblemException">NUA6010 and NUA6011 for each; exit code 78.</exception>
    public static void Require(Variables variables, RuntimeConfig config)
    {
        var settings = new List<string>();
        foreach (var name in config.RequiredSettings)
        {
            if (!variables.Has(name) && !File.Exists(variables[name + "_FILE"]))
            {
                settings.Add(name);
            }
        }

        var secrets = new List<string>();
        foreach (var secret in config.Secrets)
        {
            if (!variables.Has(secret.Name) && !File.Exists(variables[secret.Name + "_FILE"]))
            {
                secrets.Add(secret.Name);
            }
        }

        if (settings.Count + secrets.Count > 0)
        {
            throw Refusal.SettingsMissing(settings, secrets);
        }
    }

    /// <summary>
    /// The secrets' values, to keep them out of what is printed. Values too short to be recognised are left out.
    /// </summary>
    public static List<string> Values(Variables variables, RuntimeConfig config)
    {
        var values = new List<string>();
        foreach (var secret in config.Secrets)
        {
            var value = variables[secret.Name];
            if (value is null && variables[secret.Name + "_FILE"] is { } file)
            {
                try
                {
                    value = Read(secret.Name, file);
                }
                catch (Foundation.ProblemException)
                {
                    // What cannot be read cannot be printed either.
                }
            }

            if (value is { Length: >= 4 })
            {
                values.Add(value);
            }
        }

        return values;
    }

    /// <summary>The value of a secret; null when nothing gives it.</summary>
    public static string? Value(Variables variables, string name) =>
        variables.Has(name) ? variables[name]
        : variables[name + "_FILE"] is { Length: > 0 } file && File.Exists(file) ? Read(name, file)
        : null;

    private static List<string> Found(string directory)
    {
        var names = new List<string>();
        if (Directory.Exists(directory))
        {
            foreach (var path in Directory.GetFiles(directory))
            {
                var name = Path.GetFileName(path);
                if (IsVariableName(name))
                {
                    names.Add(name);
                }
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>One final newline is the editor's, not the secret's.</summary>
    private static string Read(string name, string path)
    {
        try
        {
            if (new FileInfo(path).Length > _largest)
            {
                throw Refusal.SecretUnreadable(name, "larger than 1 MiB");
            }

            ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
            return bytes.Contains((byte)0)
                ? throw Refusal.SecretUnreadable(name, "it holds a NUL byte and cannot be a variable")
                : RawName.FromBytes(bytes.EndsWith("\n"u8) ? bytes[..^1] : bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusal.SecretUnreadable(name, e is UnauthorizedAccessException
                ? "no permission" : "it is missing or not a file");
        }
    }

    private static bool IsVariableName(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }
}
