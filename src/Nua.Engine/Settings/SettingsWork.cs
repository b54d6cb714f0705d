using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Settings;

/// <summary>
/// Resolves what an image asks of its operator, once: before the first release is committed, and again before another release takes over,
/// which may ask for more. What is generated is kept from then on. What is missing is said all at once.
/// </summary>
public sealed class SettingsWork(InstanceFolder folder)
{
    /// <summary>Settings with what is given and what had to be made. Secrets are on the disk when this returns.</summary>
    /// <param name="shown">Called with name and value of generated variables that the packager wants the operator to see.</param>
    /// <exception cref="ProblemException">NUA5040 a variable, NUA5041 a secret, NUA5042 a binding is missing; nothing has been written then.</exception>
    public InstanceSettings Resolve(AppContract contract, InstanceSettings settings, GivenSettings given, Action<string, string> shown)
    {
        var present = new SecretFolder(folder, settings.SecretSet);
        var names = contract.Secrets.Select(secret => secret.Name).ToHashSet(StringComparer.Ordinal);
        var env = new SortedDictionary<string, string>(settings.Env.ToDictionary(), StringComparer.Ordinal);
        var secrets = given.Secrets.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in given.Env)
        {
            // A secret given as a variable is still a secret: the record does not get it.
            if (names.Contains(name))
            {
                secrets.TryAdd(name, System.Text.Encoding.UTF8.GetBytes(value));
            }
            else
            {
                env[name] = value;
            }
        }

        var bindings = new SortedDictionary<string, string>(settings.Bindings.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, path) in given.Bindings)
        {
            bindings[name] = path;
        }

        var problems = new List<Problem>();
        Make(contract, present, secrets, problems);
        Make(DynamicSetting.Of(contract), present, env, secrets, shown);
        var next = settings with { Env = env, Bindings = bindings };
        problems.AddRange(new ContainerVariables(contract, folder, next).Missing(secrets.Keys));
        problems.AddRange(contract.Needs.Where(need => !bindings.ContainsKey(need.Binding)).Select(need =>
            new Problem("NUA5042", $"the image needs a service of type '{Printable.Escape(need.Type, 60)}', bound as '{Printable.Escape(need.Binding, 60)}'")
            {
                Why = "it has no place to find host, user and password of that service",
                Remedy = $"write them as files (host, port, username, password, database) into a folder and give it with --binding {Printable.Escape(need.Binding, 60)}=FOLDER",
            }));
        if (problems.Count > 0)
        {
            throw new ProblemException(problems) { ExitCode = 78 };
        }

        return Written(next, present, secrets);
    }

    /// <summary>What is new goes to what is there; what takes the place of another value goes to a set of its own, for the command may yet fail.</summary>
    private InstanceSettings Written(InstanceSettings settings, SecretFolder present, Dictionary<string, byte[]> secrets)
    {
        if (secrets.Any(secret => present.Has(secret.Key) && !present.Has(secret.Key, secret.Value)))
        {
            settings = settings with { SecretSet = present.Copy() };
        }

        var target = new SecretFolder(folder, settings.SecretSet);
        foreach (var (name, value) in secrets.Where(secret => !target.Has(secret.Key, secret.Value)))
        {
            target.Write(name, value);
        }

        return settings;
    }

    private static void Make(AppContract contract, SecretFolder present, Dictionary<string, byte[]> secrets, List<Problem> problems)
    {
        foreach (var secret in contract.Secrets.Where(secret => !secrets.ContainsKey(secret.Name) && !present.Has(secret.Name)))
        {
            if (secret.Generate is { } form && RandomText.Generate(form) is { } value)
            {
                secrets[secret.Name] = System.Text.Encoding.UTF8.GetBytes(value);
                continue;
            }

            problems.Add(new Problem("NUA5041", $"the image needs the secret '{secret.Name}'")
            {
                Why = secret.Generate is null ? "it is not one that can be made up" : "the image wants it generated in a form that is not known",
                Remedy = $"--secret {secret.Name}=FILE",
            });
        }
    }

    private static void Make(
        IReadOnlyList<DynamicSetting> dynamics, SecretFolder present, SortedDictionary<string, string> env, Dictionary<string, byte[]> secrets, Action<string, string> shown)
    {
        foreach (var dynamic in dynamics.Where(dynamic => !env.ContainsKey(dynamic.Name)))
        {
            if (dynamic.Kind is "unique_db" or "unique_user")
            {
                env[dynamic.Name] = RandomText.Unique(dynamic.Kind == "unique_db" ? "db_" : "user_");
            }
            else if (dynamic is { Kind: "random", IsKept: true } && !present.Has(dynamic.Name) && !secrets.ContainsKey(dynamic.Name))
            {
                var value = dynamic.IsNumber ? RandomText.Number() : RandomText.Password(dynamic.Length);
                secrets[dynamic.Name] = System.Text.Encoding.UTF8.GetBytes(value);
                if (dynamic.IsShown)
                {
                    shown(dynamic.Name, value);
                }
            }
        }
    }
}
