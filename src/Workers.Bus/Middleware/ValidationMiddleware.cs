using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Workers.Bus.Middleware;

/// <summary>
/// Checks the validation attributes on a message's properties, or on the parameters of its primary constructor, and its
/// <see cref="IValidatableObject"/>. All broken rules come together in one <see cref="MessageInvalidException"/>. A message type without rules
/// costs nothing.
/// </summary>
public sealed class ValidationMiddleware : ICommandMiddleware, IQueryMiddleware
{
    /// <inheritdoc/>
    public Handler<TMessage, TResult> Around<TMessage, TResult>(MessageInfo message, Handler<TMessage, TResult> next)
        where TMessage : class
    {
        var rules = RulesOf(typeof(TMessage));
        if (rules.Length == 0 && !typeof(TMessage).IsAssignableTo(typeof(IValidatableObject)))
        {
            return next;
        }

        return (m, cancellation) => Check(m, rules) is { Count: > 0 } errors
            ? ValueTask.FromException<TResult>(new MessageInvalidException(message.Name, errors.ToDictionary(e => e.Key, e => e.Value.ToArray())))
            : next(m, cancellation);
    }

    private static (PropertyInfo Property, ValidationAttribute[] Attributes)[] RulesOf(Type type)
    {
        var parameters = type.GetConstructors().SelectMany(c => c.GetParameters()).ToLookup(p => p.Name);
        return
        [
            .. from property in type.GetProperties()
               where property.GetIndexParameters().Length == 0
               let attributes = property.GetCustomAttributes<ValidationAttribute>()
                   .Concat(parameters[property.Name].SelectMany(p => p.GetCustomAttributes<ValidationAttribute>()))
                   .ToArray()
               where attributes.Length > 0
               select (property, attributes),
        ];
    }

    private static Dictionary<string, List<string>>? Check(object message, (PropertyInfo Property, ValidationAttribute[] Attributes)[] rules)
    {
        Dictionary<string, List<string>>? errors = null;
        foreach (var (property, attributes) in rules)
        {
            var value = property.GetValue(message);
            foreach (var attribute in attributes)
            {
                Add(ref errors, attribute.GetValidationResult(value, new ValidationContext(message) { MemberName = property.Name }), property.Name);
            }
        }

        if (errors is null && message is IValidatableObject own)
        {
            foreach (var result in own.Validate(new ValidationContext(message)))
            {
                Add(ref errors, result, result.MemberNames.FirstOrDefault() ?? "");
            }
        }

        return errors;
    }

    private static void Add(ref Dictionary<string, List<string>>? errors, ValidationResult? result, string member)
    {
        if (result != ValidationResult.Success)
        {
            errors ??= [];
            (errors.TryGetValue(member, out var list) ? list : errors[member] = []).Add(result!.ErrorMessage ?? $"{member} is not valid");
        }
    }
}
