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
    private readonly SecretFolder _secrets = new(folder);

    /// <summary>Settings with what is given and what had to be made. Secrets are on the disk when this returns.</summary>
    /// <param name="shown">Called with name and value of generated variables that the packager wants the operator to see.</param>
    /// <exception cref="ProblemException">NUA5040 a variable, NUA5041 a secret, NUA5042 a binding is missing; nothing has been written then.</exception>
    public InstanceSettings Resolve(AppContract contract, InstanceSettings settings, GivenSettings given, Action<string, string> shown)
    {
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
        Make(contract, secrets, problems);
        Make(DynamicSetting.Of(contract), env, secrets, shown);
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

        foreach (var (name, value) in secrets)
        {
            _secrets.Write(name, value);
        }

        return next;
    }

    private void Make(AppContract contract, Dictionary<string, byte[]> secrets, List<Problem> problems)
    {
        foreach (var secret in contract.Secrets.Where(secret => !secrets.ContainsKey(secret.Name) && !_secrets.Has(secret.Name)))
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

    private void Make(
        IReadOnlyList<DynamicSetting> dynamics, SortedDictionary<string, string> env, Dictionary<string, byte[]> secrets, Action<string, string> shown)
    {
        foreach (var dynamic in dynamics.Where(dynamic => !env.ContainsKey(dynamic.Name)))
        {
            if (dynamic.Kind is "unique_db" or "unique_user")
            {
                env[dynamic.Name] = RandomText.Unique(dynamic.Kind == "unique_db" ? "db_" : "user_");
            }
            else if (dynamic is { Kind: "random", IsKept: true } && !_secrets.Has(dynamic.Name) && !secrets.ContainsKey(dynamic.Name))
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
