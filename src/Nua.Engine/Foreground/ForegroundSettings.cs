using Nua.Config;
using Nua.Engine.Contracts;
using Nua.Engine.Settings;

namespace Nua.Engine.Foreground;

/// <summary>
/// Settings of a container in the foreground that nobody has to give: <c>nua up</c> makes and keeps them, here they are made for one run.
/// What must outlive a run, such as a generated password beside data that stays, and what only a service knows is left to whoever runs it.
/// </summary>
internal static class ForegroundSettings
{
    /// <param name="given">What the user gave: it wins, and others may name it in braces.</param>
    /// <param name="keepsData">The data stays after the run.</param>
    /// <returns>Variables for the container, without those of <paramref name="given"/>.</returns>
    public static IReadOnlyDictionary<string, string> Make(AppContract contract, IReadOnlyDictionary<string, string> given, bool keepsData)
    {
        var dynamics = DynamicSetting.Of(contract);
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var dynamic in dynamics.Where(dynamic => dynamic.Kind != "key"))
        {
            if (!given.ContainsKey(dynamic.Name) && Make(dynamic, keepsData) is { } value)
            {
                made[dynamic.Name] = value;
            }
        }

        var texts = DynamicSetting.Texts(contract);
        foreach (var dynamic in dynamics.Where(dynamic => dynamic is { Kind: "key", From: null } && !given.ContainsKey(dynamic.Name)))
        {
            var value = given.GetValueOrDefault(dynamic.Key!) ?? made.GetValueOrDefault(dynamic.Key!)
                ?? texts.Where(pair => pair.Key == dynamic.Key).Select(pair => pair.Value).FirstOrDefault() ?? Property(dynamic.Key!, contract);
            if (value is not null)
            {
                made[dynamic.Name] = value;
            }
        }

        var missing = dynamics.Where(dynamic => !given.ContainsKey(dynamic.Name) && !made.ContainsKey(dynamic.Name)).Any();
        var all = EnvTemplates.Fill([.. texts.Where(pair => !given.ContainsKey(pair.Key)), .. made, .. given]);
        return all.Where(pair => !given.ContainsKey(pair.Key) && (!missing || made.ContainsKey(pair.Key)))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
    }

    private static string? Make(DynamicSetting dynamic, bool keepsData) => dynamic.Kind switch
    {
        "external_ip" => ContainerVariables.ExternalAddress(),
        _ when keepsData && dynamic.IsKept => null,
        "random" => dynamic.IsNumber ? RandomText.Number() : RandomText.Password(dynamic.Length),
        "unique_db" => RandomText.Unique("db_"),
        "unique_user" => RandomText.Unique("user_"),
        _ => null,
    };

    private static string? Property(string key, AppContract contract) => key switch
    {
        "hostname" or "container_name" or "label" or "label_id" or "app_id" => contract.AppId,
        "domain" or "domain_realm" => "localhost",
        "version" => contract.Version,
        _ => null,
    };
}
